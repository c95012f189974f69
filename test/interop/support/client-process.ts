import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import process from "node:process";

/** Settings of a client program's run. */
export interface ClientRun {
  readonly env?: Readonly<Record<string, string>>;
  /** Text for its standard input, which is then closed. */
  readonly input?: string;
  /** Time limit, a minute by default. Then the program is killed, and the run fails. */
  readonly timeoutMs?: number;
}

/** The environment that a client program needs, without anything that would lead it away from this machine. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: process.env.PATH ?? "",
  HOME: tmpdir(),
  LANG: "C.UTF-8",
  NO_PROXY: "127.0.0.1",
  AWS_ACCESS_KEY_ID: "local",
  AWS_SECRET_ACCESS_KEY: "local",
  AWS_DEFAULT_REGION: "us-east-1",
  AWS_REGION: "us-east-1",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  AWS_PAGER: "",
};

/**
 * Runs a program to its end.
 *
 * @returns its standard output
 * @throws Error with all its output when it exits with a code other than 0, or not in time
 */
export function runClient(command: string, args: readonly string[], options: ClientRun = {}): Promise<string> {
  const { env = {}, input = "", timeoutMs = 60_000 } = options;
  return new Promise((resolve, reject) => {
    // In its own process group: a client may have children, and they must not outlive it.
    const child = spawn(command, args, { env: { ...ENVIRONMENT, ...env }, detached: true });
    const output: Record<"out" | "error", Buffer[]> = { out: [], error: [] };
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    }, timeoutMs);
    child.stdout.on("data", (chunk: Buffer) => output.out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => output.error.push(chunk));
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      const out = Buffer.concat(output.out).toString();
      if (code === 0) return resolve(out);
      const what = isLate ? `did not end within ${timeoutMs} ms` : `ended with ${code}`;
      const told = `${out.slice(-2000)}${Buffer.concat(output.error).toString().slice(-6000)}`;
      reject(new Error(`${command} ${args.join(" ").slice(0, 300)} ${what}:\n${told}`));
    });
    // The program may end without reading all its input. Its exit code says whether that was a success.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}
