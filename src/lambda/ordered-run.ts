/** One thing to do, and the place in the batch that answers for it. */
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

/** How a batch is run. */
export interface RunOptions {
  /** Tasks that run at a time. */
  readonly concurrency: number;
  /** Whether what lies behind a failure is tried all the same. */
  readonly goesOn: boolean;
  /** Hears of each failure. */
  readonly onError: (error: unknown, task: Task) => void;
}

/**
 * Runs the tasks of a batch in order, those of different keys beside each other.
 *
 * Lambda goes on from the first record that failed and takes all before it for handled. So after a failure everything
 * before it is still run to its end, and nothing behind it is begun, unless `goesOn`.
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

/** Deals keys out to lanes in the order in which they come: as many lanes as there may be tasks at a time. */
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
