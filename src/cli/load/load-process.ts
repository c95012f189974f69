/**
 * A process that produces a share of a load. `load-worker` forks it and sends its plan; it ends after it has sent its
 * report.
 *
 * @module
 */
import process from "node:process";
import { LoadGenerator } from "./load-generator.js";
import type { LoadPlan } from "./load-plan.js";
import type { FromWorker, ToWorker } from "./load-worker.js";

const TELL_MS = 250;

let generator: LoadGenerator | undefined;

// Only the command reacts to a signal, with a message to this process. A supervisor may send one to every process.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
process.on("disconnect", () => process.exit(1));
process.on("message", (message: ToWorker) => {
  if (message.kind === "stop") generator?.stop();
  else {
    run(message.plan).then(
      (last) => tell(last, () => process.exit()),
      (error: unknown) => {
        tell({ kind: "error", message: error instanceof Error ? error.message : String(error) }, () => process.exit());
      },
    );
  }
});

function tell(message: FromWorker, done?: () => void): void {
  process.send?.(message, undefined, undefined, done);
}

async function run(plan: LoadPlan): Promise<FromWorker> {
  const producing = new LoadGenerator(plan, () => tell({ kind: "begun" }));
  generator = producing;
  const timer = setInterval(() => tell({ kind: "state", state: producing.state }), TELL_MS);
  try {
    return { kind: "report", report: await producing.run() };
  } finally {
    clearInterval(timer);
  }
}
