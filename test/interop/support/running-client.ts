import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import process from "node:process";
import { ENVIRONMENT } from "./client-process.js";

/** Lines of its output that an error shows. */
const SHOWN_LINES = 60;

/** A client program that runs beside the test, and prints lines. */
export class RunningClient {
  readonly #name: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<number | null>;
  readonly #last: string[] = [];
  readonly #listeners = new Set<() => void>();
  #isEnded = false;

  /** Starts it. `onLine` gets each line of the standard output. */
  constructor(command: string, args: readonly string[], onLine: (line: string) => void) {
    this.#name = `${command} ${args.at(-1)}`;
    // In its own process group: a client may have children, and they must not outlive it.
    this.#child = spawn(command, args, { env: ENVIRONMENT, detached: true });
    this.#readLines(this.#child.stdout, onLine);
    this.#readLines(this.#child.stderr, () => {});
    // It may have ended before its input does.
    this.#child.stdin.on("error", () => {});
    this.#ended = new Promise((resolve, reject) => {
      this.#child.on("error", reject);
      this.#child.on("close", (code) => {
        this.#isEnded = true;
        this.#tell();
        resolve(code);
      });
    });
    // A caller that waits for the end gets the error.
    this.#ended.catch(() => {});
  }

  #readLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
    let rest = "";
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      const lines = `${rest}${text}`.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        this.#last.push(line.slice(0, 500));
        if (this.#last.length > SHOWN_LINES) this.#last.shift();
        onLine(line);
      }
      this.#tell();
    });
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  /**
   * Waits until a condition holds. It is looked at after each output of the program.
   *
   * @throws Error with its last output when the program ends, or the time is over, before that
   */
  until(what: string, isTrue: () => boolean, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (error?: Error): void => {
        clearTimeout(timer);
        this.#listeners.delete(look);
        if (error === undefined) resolve();
        else reject(error);
      };
      const look = (): void => {
        if (isTrue()) end();
        else if (this.#isEnded) end(this.#error(`ended before it ${what}`));
      };
      const timer = setTimeout(() => end(this.#error(`took more than ${timeoutMs} ms until it ${what}`)), timeoutMs);
      this.#listeners.add(look);
      look();
    });
  }

  /** Waits for a line of either output, and returns what the pattern finds. */
  async printed(pattern: RegExp, timeoutMs: number): Promise<string> {
    let found: string | undefined;
    const isFound = (): boolean => {
      found ??= this.#last.map((line) => pattern.exec(line)?.[0]).find((each) => each !== undefined);
      return found !== undefined;
    };
    await this.until(`printed ${pattern.source}`, isFound, timeoutMs);
    return found ?? "";
  }

  /** Closes its input, and waits until it has ended well. */
  async end(timeoutMs = 60_000): Promise<void> {
    this.#child.stdin.end();
    await this.until("ended", () => this.#isEnded, timeoutMs);
    const code = await this.#ended;
    if (code !== 0) throw this.#error(`ended with ${code}`);
  }

  /** Kills it and its children, if it still runs. */
  async kill(): Promise<void> {
    if (!this.#isEnded && this.#child.pid !== undefined) process.kill(-this.#child.pid, "SIGKILL");
    await this.#ended;
  }

  #error(what: string): Error {
    return new Error(`${this.#name} ${what}:\n${this.#last.join("\n")}`);
  }
}
