import type { StreamModel } from "../kinesis-model/stream-model.js";
import type { EntryRefusal, OperationScope } from "./operation.js";
import type { SizedRecord } from "./record-input.js";

/** The place of a stored record, or the reason of its refusal. */
export type StoreOutcome =
  | { readonly refusal?: undefined; readonly shardId: string; readonly sequenceNumber: string }
  | { readonly refusal: EntryRefusal };

/** Stores a record in its shard if the guard admits it. */
export function storeRecord(stream: StreamModel, record: SizedRecord, { guard, now }: OperationScope): StoreOutcome {
  const shard = stream.route(record);
  const refusal = guard?.admit({ stream, shard, record, countedBytes: record.countedBytes }, now);
  if (refusal !== undefined && !refusal.isStored) return { refusal };
  const stored = stream.store(shard, record, now);
  return refusal === undefined ? stored : { refusal };
}
