import type { ModelSnapshot } from "./model-snapshot.js";
import type { StoredRecord } from "./shard.js";
import type { StreamIdentity } from "./stream-identity.js";

/**
 * Keeps the state of a model beyond its life. The model reports each event at once. `commit` ends each call; the call
 * may be answered only after it.
 */
export interface ModelJournal {
  /** A record was stored in the stream. */
  stored(stream: StreamIdentity, record: StoredRecord): void;
  /** Records of the stream that arrived before the time, epoch milliseconds, have expired. */
  expired(stream: StreamIdentity, before: number): void;
  /** A stream, its settings or its shards changed. */
  changed(): void;
  /**
   * Makes all reported events durable. Events that cannot be written are written by the next commit.
   *
   * @throws the error of the write
   */
  commit(snapshot: () => ModelSnapshot): void;
}
