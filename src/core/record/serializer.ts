import { byteLengthOf } from "../../wire/caller-bytes.js";
import { HookFailure, invalid, showResult } from "./record-problem.js";

/** Runs the caller's `serialize` for the value of a record. */
export class Serializer {
  readonly #serialize: (value: never) => unknown;
  #isRunning = false;

  constructor(serialize: (value: never) => unknown) {
    this.#serialize = serialize;
  }

  /**
   * The data of a record.
   *
   * @throws HookFailure when there is none. A record that `serialize` itself hands over is refused: it would recurse
   */
  dataOf(value: unknown): Uint8Array | string {
    if (this.#isRunning) throw new HookFailure(invalid("the record was handed over within serialize()"));
    this.#isRunning = true;
    const serialize = this.#serialize;
    try {
      return checked(serialize(value as never));
    } catch (cause) {
      if (cause instanceof HookFailure) throw cause;
      throw new HookFailure({ ...invalid("serialize() threw, so the record has no data to send"), cause });
    } finally {
      this.#isRunning = false;
    }
  }
}

function checked(data: unknown): Uint8Array | string {
  if (typeof data === "string" || byteLengthOf(data) >= 0) return data as Uint8Array | string;
  throw new HookFailure(invalid(`serialize() must return a Uint8Array or a string, got ${showResult(data)}`));
}
