import type { KinesisModel } from "../kinesis-model/kinesis-model.js";

/** A parsed JSON object. */
export type JsonObject = { readonly [name: string]: unknown };

/** What an operation works on. */
export interface OperationScope {
  readonly model: KinesisModel;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/**
 * One operation of the API: checks the input, changes the model, answers the output; undefined where the service answers
 * an empty body. Throws `ServiceError` for every other answer, before anything is changed.
 */
export type Operation = (input: JsonObject, scope: OperationScope) => JsonObject | undefined;
