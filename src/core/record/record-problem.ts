import type { ErrorCode } from "../../errors.js";
import { show } from "../../wording/shown-value.js";

/** Why a record is refused. */
export interface RecordProblem {
  readonly code: Extract<ErrorCode, "KP_INVALID_RECORD" | "KP_RECORD_TOO_LARGE">;
  readonly message: string;
  /** The value that the caller's code has thrown. */
  readonly cause?: unknown;
}

/** Leaves the check of a record because of the caller's code, which the record needs. */
export class HookFailure extends Error {
  readonly problem: RecordProblem;

  constructor(problem: RecordProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** The problem of a record that breaks a rule. */
export function invalid(message: string): RecordProblem {
  return { code: "KP_INVALID_RECORD", message };
}

/**
 * A wrong result of the caller's code, as a message shows it. The record is refused because of a promise: when the
 * promise rejects later, nobody else handles it, and the process would end.
 */
export function showResult(result: unknown): string {
  if (typeof (result as { readonly then?: unknown } | null | undefined)?.then !== "function") return show(result);
  if (result instanceof Promise) result.catch(ignore);
  return "a promise: it must not be async";
}

function ignore(): void {}
