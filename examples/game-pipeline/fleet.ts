import { type ChildProcess, fork } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LocalClientConfig } from "kinesis-producer/testing";
import { type JournalBook, readJournal } from "./journal.js";

const PROGRAM = fileURLToPath(new URL("game-server.js", import.meta.url));

/** The arguments of a server's process. */
export interface ServerSetup {
  readonly name: string;
  readonly seed: number;
  readonly streamName: string;
  readonly journalPath: string;
  readonly client: LocalClientConfig;
}

/** A message to a server. */
export interface ServerOrder {
  readonly eventsPerSecond: number;
}

/** A message of a server, for the live page only: the account is made from its journal. */
export interface ServerFigures {
  readonly put: number;
  readonly delivered: number;
  readonly failed: number;
}

/** How the fleet ends a server. */
export type Ending = "SIGTERM" | "SIGKILL";

/** One server, running or not. */
export interface ServerView {
  readonly name: string;
  readonly pid: number;
  /** `killed` was meant; `crashed` was not. */
  readonly state: "running" | "ending" | "ended" | "killed" | "crashed";
  readonly figures: ServerFigures;
}

/** The account of one server, read back. */
export interface ServerBook extends JournalBook {
  readonly name: string;
  readonly state: ServerView["state"];
}

interface Server extends ServerView {
  state: ServerView["state"];
  figures: ServerFigures;
  readonly child: ChildProcess;
  readonly journalPath: string;
  readonly ended: Promise<void>;
}

/** An auto-scaling group of game servers, each a process. */
export class Fleet {
  readonly #servers: Server[] = [];
  readonly #folder: string;
  readonly #streamName: string;
  readonly #client: LocalClientConfig;
  readonly #onNews: (text: string) => void;

  /** @param folder - exists; it gets the journal and the output of each server */
  constructor(
    folder: string,
    streamName: string,
    client: LocalClientConfig,
    /** Takes a sentence about a server that comes or goes. */
    onNews: (text: string) => void,
  ) {
    this.#folder = folder;
    this.#streamName = streamName;
    this.#client = client;
    this.#onNews = onNews;
  }

  get servers(): readonly ServerView[] {
    return this.#servers;
  }

  get running(): number {
    return this.#running().length;
  }

  start(): void {
    const seed = this.#servers.length + 1;
    const name = `server-${seed}`;
    const journalPath = join(this.#folder, `${name}.ndjson`);
    const setup: ServerSetup = { name, seed, streamName: this.#streamName, journalPath, client: this.#client };
    const output = openSync(join(this.#folder, `${name}.log`), "a");
    // The journal exists from here on, also if the process ends before it opens it.
    closeSync(openSync(journalPath, "a"));
    const child = fork(PROGRAM, [JSON.stringify(setup)], {
      stdio: ["ignore", output, output, "ipc"],
      // Ctrl-C reaches all processes of a terminal's group. Here this process alone gets it, and ends the servers.
      detached: true,
    });
    closeSync(output);
    const server: Server = {
      name,
      pid: child.pid ?? 0,
      state: "running",
      figures: { put: 0, delivered: 0, failed: 0 },
      child,
      journalPath,
      ended: new Promise((resolve) => child.once("exit", () => resolve())),
    };
    child.on("message", (figures: ServerFigures) => {
      server.figures = figures;
    });
    child.on("error", () => {});
    child.once("exit", (code, signal) => this.#onExit(server, code, signal));
    this.#servers.push(server);
    this.#onNews(`${name} starts, process ${server.pid}`);
  }

  /** Ends the oldest server. */
  end(ending: Ending): void {
    const [server] = this.#running();
    if (server === undefined) return;
    server.state = ending === "SIGKILL" ? "killed" : "ending";
    server.child.kill(ending);
    this.#onNews(ending === "SIGKILL" ? `${server.name} is killed (kill -9)` : `${server.name} is ended (SIGTERM)`);
  }

  /** Ends all servers by SIGTERM. Resolves when no process is left. */
  async endAll(): Promise<void> {
    while (this.running > 0) this.end("SIGTERM");
    await Promise.all(this.#servers.map(({ ended }) => ended));
  }

  /** Shares the load among the servers, as a load balancer does. */
  share(eventsPerSecond: number): void {
    const running = this.#running();
    const order: ServerOrder = { eventsPerSecond: eventsPerSecond / running.length };
    // A server that is just ending may have closed its channel.
    for (const { child } of running) if (child.connected) child.send(order, () => {});
  }

  /** The accounts of all servers, when they have ended. */
  books(): ServerBook[] {
    return this.#servers.map(({ name, state, journalPath }) => ({ name, state, ...readJournal(journalPath) }));
  }

  #running(): Server[] {
    return this.#servers.filter(({ state }) => state === "running");
  }

  #onExit(server: Server, code: number | null, signal: NodeJS.Signals | null): void {
    if (server.state === "killed") return;
    // A server that is ended before it has begun dies of the signal, and has put nothing.
    const isClean = server.state === "ending" && (code === 0 || signal === "SIGTERM");
    server.state = isClean ? "ended" : "crashed";
    this.#onNews(isClean ? `${server.name} has ended` : `${server.name} crashed: ${code ?? signal}; see its log`);
  }
}
