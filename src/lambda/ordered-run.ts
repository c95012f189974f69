/** One user record to handle, and the record of the batch that fails with it. */
export interface Task {
  /** Index of the record in the event. */
  readonly parent: number;
  /** Tasks of one key run one after the other. */
  readonly key: string;
  run(): Promise<void>;
}

/** The first record of the event that was not handled, and why. */
export interface FirstFailure {
  readonly parent: number;
  readonly error: unknown;
}

/** Options of {@link runInOrder}. */
export interface RunOptions {
  /** Tasks that run at a time. */
  readonly concurrency: number;
  /** Whether tasks behind a failure are run too. */
  readonly goesOn: boolean;
  /** Called for each failure. */
  readonly onError: (error: unknown, task: Task) => void;
}

/**
 * Runs the tasks of a batch: in order within a key, different keys in parallel.
 *
 * Lambda retries from the first failed record and treats all records before it as handled. So after a failure every
 * task before it still runs to its end. No task behind it is started, unless `goesOn` is set.
 *
 * @returns the failure of the earliest record; undefined when there was none
 */
export async function runInOrder(tasks: readonly Task[], options: RunOptions): Promise<FirstFailure | undefined> {
  const { concurrency, goesOn, onError } = options;
  let first: FirstFailure | undefined;
  const runLane = async (lane: readonly Task[]): Promise<void> => {
    for (const task of lane) {
      if (!goesOn && first !== undefined && task.parent >= first.parent) return;
      try {
        await task.run();
      } catch (error) {
        onError(error, task);
        if (first === undefined || task.parent < first.parent) first = { parent: task.parent, error };
      }
    }
  };
  await Promise.all(lanesOf(tasks, concurrency).map(runLane));
  return first;
}

/** Distributes keys over lanes in order of arrival; one lane for each task that may run at a time. */
function lanesOf(tasks: readonly Task[], count: number): Task[][] {
  if (count === 1) return [[...tasks]];
  const lanes: Task[][] = Array.from({ length: count }, () => []);
  const laneOfKey = new Map<string, Task[]>();
  for (const task of tasks) {
    let lane = laneOfKey.get(task.key);
    if (lane === undefined) {
      lane = lanes.reduce((shortest, other) => (other.length < shortest.length ? other : shortest));
      laneOfKey.set(task.key, lane);
    }
    lane.push(task);
  }
  return lanes;
}
