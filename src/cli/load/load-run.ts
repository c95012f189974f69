import { LoadGenerator } from "./load-generator.js";
import type { LoadPlan, LoadReport, LoadState } from "./load-plan.js";
import { LoadWorker } from "./load-worker.js";

/** A running load, in this process or in others. */
export interface LoadRun {
  /** The state of each process. */
  readonly states: readonly LoadState[];
  /** One report for each process. Rejects with the first error after all processes have ended. */
  readonly reports: Promise<readonly LoadReport[]>;
  /** Ends the load early; records that were handed over are delivered. */
  stop(): void;
}

/**
 * Runs the load in this process.
 *
 * @param onBegun - called before the first record
 */
export function loadHere(plan: LoadPlan, onBegun: () => void): LoadRun {
  const generator = new LoadGenerator(plan, onBegun);
  const reports = generator.run().then((report) => [report]);
  return {
    get states() {
      return [generator.state];
    },
    reports,
    stop: () => generator.stop(),
  };
}

/**
 * Shares the load among processes.
 *
 * @param certificateFile - PEM file of an additional certificate to trust
 * @param onBegun - called once, when the first process begins
 */
export function loadInProcesses(
  plan: LoadPlan,
  processes: number,
  certificateFile: string | undefined,
  onBegun: () => void,
): LoadRun {
  let hasBegun = false;
  const onFirst = (): void => {
    if (hasBegun) return;
    hasBegun = true;
    onBegun();
  };
  const workers = Array.from(
    { length: processes },
    (_, index) => new LoadWorker(shareOf(plan, processes, index), certificateFile, onFirst),
  );
  return {
    get states() {
      return workers.map(({ state }) => state);
    },
    reports: endOfAll(workers),
    stop: () => {
      for (const worker of workers) worker.stop();
    },
  };
}

function shareOf(plan: LoadPlan, of: number, index: number): LoadPlan {
  return { ...plan, seed: plan.seed + index, share: { index, of } };
}

async function endOfAll(workers: readonly LoadWorker[]): Promise<LoadReport[]> {
  const ends = await Promise.allSettled(workers.map(({ report }) => report));
  const failure = ends.find((end) => end.status === "rejected");
  if (failure !== undefined) throw failure.reason;
  return ends.flatMap((end) => (end.status === "fulfilled" ? [end.value] : []));
}
