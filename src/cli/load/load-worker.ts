import { type ChildProcess, fork } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { CommandError } from "../command.js";
import type { LoadPlan, LoadReport, LoadState } from "./load-plan.js";
import { OWN_GROUP } from "./own-group.js";

/** Messages to a producing process. */
export type ToWorker = { readonly kind: "plan"; readonly plan: LoadPlan } | { readonly kind: "stop" };

/** Messages from a producing process. */
export type FromWorker =
  | { readonly kind: "begun" }
  | { readonly kind: "state"; readonly state: LoadState }
  | { readonly kind: "report"; readonly report: LoadReport }
  | { readonly kind: "error"; readonly message: string };

/** A producing process, seen from the command that started it. */
export class LoadWorker {
  /** The last state it sent, at most a second old. */
  state: LoadState = { counts: { sent: 0, delivered: 0, failed: 0 } };
  /** Rejects with a CommandError: the message of the process, or how it ended. */
  readonly report: Promise<LoadReport>;
  readonly #child: ChildProcess;
  readonly #onBegun: () => void;

  /** @param onBegun - called when the process begins its load */
  constructor(plan: LoadPlan, certificateFile: string | undefined, onBegun: () => void) {
    this.#onBegun = onBegun;
    this.#child = fork(fileURLToPath(new URL("./load-process.js", import.meta.url)), {
      env: {
        ...process.env,
        ...(certificateFile === undefined ? {} : { NODE_EXTRA_CA_CERTS: certificateFile }),
      },
      // It reports by messages, not by its output.
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      ...OWN_GROUP,
    });
    this.report = this.#end();
    this.#tell({ kind: "plan", plan });
  }

  /** Ends the load early. */
  stop(): void {
    this.#tell({ kind: "stop" });
  }

  #tell(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message);
  }

  #end(): Promise<LoadReport> {
    return new Promise((resolve, reject) => {
      this.#child.on("error", reject);
      this.#child.on("message", (message: FromWorker) => {
        if (message.kind === "begun") this.#onBegun();
        else if (message.kind === "state") this.state = message.state;
        else if (message.kind === "report") {
          this.state = stateAfter(message.report);
          resolve(message.report);
        } else reject(new CommandError(message.message));
      });
      this.#child.on("exit", (code, signal) => {
        reject(new CommandError(`a producing process ended with ${code ?? signal}`));
      });
    });
  }
}

function stateAfter({ sent, delivered, failed, samples }: LoadReport): LoadState {
  const sample = samples.at(-1);
  return { counts: { sent, delivered, failed }, ...(sample === undefined ? {} : { sample }) };
}
