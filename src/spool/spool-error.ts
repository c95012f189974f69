import { ProducerError } from "../base-errors.js";

/** The error of a spool that cannot be opened, or of an append that could not be written. */
export function spoolFailed(message: string, cause?: unknown): ProducerError {
  return new ProducerError("KP_SPOOL_FAILED", message, cause === undefined ? undefined : { cause });
}

/** The message of any thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
