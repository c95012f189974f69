import { describe, it } from "vitest";

/** Whether this run is of the project whose PutRecords requests are the default ones (vitest.config.ts). */
export const IS_DEFAULT_TRANSPORT: boolean = process.env.KP_TRANSPORT === undefined;

const leftOut = Object.assign(() => {}, { each: () => () => {} });

/**
 * In a file that runs with each transport: tests of what no transport changes, because it is decided before a request is made or
 * after an answer was read. They run with the default transport alone, and say beside them which decision it is.
 */
export const describeOnce: typeof describe = IS_DEFAULT_TRANSPORT ? describe : (leftOut as unknown as typeof describe);

/** One test of that kind. */
export const itOnce: typeof it = IS_DEFAULT_TRANSPORT ? it : (leftOut as unknown as typeof it);
