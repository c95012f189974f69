import { describe, it } from "vitest";

/** Whether this run belongs to the project with the default transport of PutRecords (vitest.config.ts). */
export const IS_DEFAULT_TRANSPORT: boolean = process.env.KP_TRANSPORT === undefined;

const leftOut = Object.assign(() => {}, { each: () => () => {} });

/**
 * For a file that runs with each transport: tests that no transport can change, because the decision is made before a
 * request or after an answer was parsed. They run only with the default transport. A comment beside them names the
 * decision.
 */
export const describeOnce: typeof describe = IS_DEFAULT_TRANSPORT ? describe : (leftOut as unknown as typeof describe);

/** One such test. */
export const itOnce: typeof it = IS_DEFAULT_TRANSPORT ? it : (leftOut as unknown as typeof it);
