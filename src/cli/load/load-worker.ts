import { type ChildProcess, fork } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { CommandError } from "../command.js";
import type { LoadCounts, LoadPlan, LoadReport } from "./load-plan.js";

/** Messages to a producing process. */
export type ToWorker = { readonly kind: "plan"; readonly plan: LoadPlan } | { readonly kind: "stop" };

/** Messages from a producing process. */
export type FromWorker =
  | { readonly kind: "counts"; readonly counts: LoadCounts }
  | { readonly kind: "report"; readonly report: LoadReport }
  | { readonly kind: "error"; readonly message: string };

/** A producing process, seen from the command that started it. */
export class LoadWorker {
  /** The last counts it sent, at most a second old. */
  counts: LoadCounts = { sent: 0, delivered: 0, failed: 0 };
  /** Rejects with a CommandError: the message of the process, or how it ended. */
  readonly report: Promise<LoadReport>;
  readonly #child: ChildProcess;

  constructor(plan: LoadPlan, certificateFile: string | undefined) {
    this.#child = fork(fileURLToPath(new URL("./load-process.js", import.meta.url)), {
      env: {
        ...process.env,
        ...(certificateFile === undefined ? {} : { NODE_EXTRA_CA_CERTS: certificateFile }),
      },
      // It reports by messages, not by its output.
      stdio: ["ignore", "ignore", "inherit", "ipc"],
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
        if (message.kind === "counts") this.counts = message.counts;
        else if (message.kind === "report") {
          this.counts = message.report;
          resolve(message.report);
        } else reject(new CommandError(message.message));
      });
      this.#child.on("exit", (code, signal) => {
        reject(new CommandError(`a producing process ended with ${code ?? signal}`));
      });
    });
  }
}
