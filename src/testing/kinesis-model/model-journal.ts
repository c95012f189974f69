import type { ModelSnapshot } from "./model-snapshot.js";
import type { StoredRecord } from "./shard.js";
import type { StreamIdentity } from "./stream-identity.js";

/**
 * Who keeps what a model holds beyond its life. The model says what happens as it happens; `commit` ends each call, and
 * only after it may the call be answered.
 */
export interface ModelJournal {
  /** A record came into the stream. */
  stored(stream: StreamIdentity, record: StoredRecord): void;
  /** Records of the stream that arrived before the time, epoch milliseconds, have expired. */
  expired(stream: StreamIdentity, before: number): void;
  /** Something else than records changed: a stream, its settings, its shards. */
  changed(): void;
  /**
   * Makes all of it durable. What could not be kept stays to be kept by the next commit.
   *
   * @throws whatever writing throws
   */
  commit(snapshot: () => ModelSnapshot): void;
}
