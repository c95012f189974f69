import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { CommandError } from "../command.js";
import type { LocalUse } from "./load-summary.js";
import { OWN_GROUP } from "./own-group.js";
import type { ScheduledEvent } from "./schedule/schedule.js";

/** The first message to the process of the local Kinesis. */
export interface OwnKinesisSettings {
  readonly shards: number;
  readonly tls: boolean;
  /** Whether it enforces the service's limits. */
  readonly limits: boolean;
  /** Reshards and faults, by their time after {@link OwnKinesis.begin}. */
  readonly schedule: readonly ScheduledEvent[];
}

/** Messages to its process. */
export type OwnKinesisQuestion = OwnKinesisSettings | "begin" | "use";

/** Its answer when it listens. */
export interface OwnKinesisReady {
  readonly endpoint: string;
  /** The certificate to trust, PEM; absent without TLS. */
  readonly certificate?: string;
}

/** A local Kinesis that counts records in a separate process, seen from the command that started it. */
export class OwnKinesis {
  readonly #child: ChildProcess;
  readonly ready: OwnKinesisReady;

  private constructor(child: ChildProcess, ready: OwnKinesisReady) {
    this.#child = child;
    this.ready = ready;
  }

  /** @throws CommandError when it does not start */
  static async start(settings: OwnKinesisSettings): Promise<OwnKinesis> {
    const child = fork(fileURLToPath(new URL("./own-kinesis-process.js", import.meta.url)), {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      ...OWN_GROUP,
    });
    return new OwnKinesis(child, await ask<OwnKinesisReady>(child, settings));
  }

  /** The load begins: starts the time of the schedule. */
  begin(): Promise<true> {
    return ask<true>(this.#child, "begin");
  }

  /** CPU use and counts so far. */
  use(): Promise<LocalUse> {
    return ask<LocalUse>(this.#child, "use");
  }

  stop(): void {
    this.#child.disconnect();
  }
}

function ask<Answer>(child: ChildProcess, question: OwnKinesisQuestion): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new CommandError(`the local Kinesis ended with ${code}`));
    child.once("exit", onExit);
    child.once("message", (answer) => {
      child.off("exit", onExit);
      resolve(answer as Answer);
    });
    child.send(question);
  });
}
