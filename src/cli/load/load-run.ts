import { LoadGenerator } from "./load-generator.js";
import type { LoadCounts, LoadPlan, LoadReport } from "./load-plan.js";
import { LoadWorker } from "./load-worker.js";

/** A running load, in this process or in others. */
export interface LoadRun {
  /** Records sent and settled so far, over all processes. */
  readonly counts: LoadCounts;
  /** One report for each process. Rejects with the first error after all processes have ended. */
  readonly reports: Promise<readonly LoadReport[]>;
  /** Ends the load early; records that were handed over are delivered. */
  stop(): void;
}

/** Runs the load in this process. */
export function loadHere(plan: LoadPlan): LoadRun {
  const generator = new LoadGenerator(plan);
  const reports = generator.run().then((report) => [report]);
  return {
    get counts() {
      return generator.counts;
    },
    reports,
    stop: () => generator.stop(),
  };
}

/**
 * Shares the load among processes.
 *
 * @param certificateFile - PEM file of an additional certificate to trust
 */
export function loadInProcesses(plan: LoadPlan, processes: number, certificateFile: string | undefined): LoadRun {
  const workers = Array.from(
    { length: processes },
    (_, index) => new LoadWorker(shareOf(plan, processes, index), certificateFile),
  );
  return {
    get counts() {
      return workers.reduce<LoadCounts>((sum, { counts }) => added(sum, counts), { sent: 0, delivered: 0, failed: 0 });
    },
    reports: endOfAll(workers),
    stop: () => {
      for (const worker of workers) worker.stop();
    },
  };
}

function shareOf(plan: LoadPlan, processes: number, index: number): LoadPlan {
  const seed = plan.seed + index;
  return plan.perSecond === undefined ? { ...plan, seed } : { ...plan, seed, perSecond: plan.perSecond / processes };
}

function added(one: LoadCounts, other: LoadCounts): LoadCounts {
  return {
    sent: one.sent + other.sent,
    delivered: one.delivered + other.delivered,
    failed: one.failed + other.failed,
  };
}

async function endOfAll(workers: readonly LoadWorker[]): Promise<LoadReport[]> {
  const ends = await Promise.allSettled(workers.map(({ report }) => report));
  const failure = ends.find((end) => end.status === "rejected");
  if (failure !== undefined) throw failure.reason;
  return ends.flatMap((end) => (end.status === "fulfilled" ? [end.value] : []));
}
