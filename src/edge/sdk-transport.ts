import { type KinesisClient, PutRecordsCommand, type PutRecordsResultEntry } from "@aws-sdk/client-kinesis";

import type { EntryAnswer, PutRecordsAnswer, PutRecordsRequest, RequestFailure, Transport } from "../core/ports.js";
import { readSdkFailure } from "./sdk-failure.js";
import { sdkStream } from "./sdk-stream.js";
import type { TimeLimit } from "./time-limit.js";

/** PutRecords by the SDK's client. */
export class SdkTransport implements Transport {
  readonly #client: () => KinesisClient;
  readonly #limit: TimeLimit;
  readonly #close: () => void;

  /**
   * @param client - made on first use
   * @param limit - of the time that a request may take
   * @param close - frees what the producer made; nothing for a client of the caller's own
   */
  constructor(client: () => KinesisClient, limit: TimeLimit, close: () => void) {
    this.#client = client;
    this.#limit = limit;
    this.#close = close;
  }

  async putRecords({ stream, entries }: PutRecordsRequest): Promise<PutRecordsAnswer> {
    try {
      const command = new PutRecordsCommand({
        ...sdkStream(stream),
        Records: entries.map(({ partitionKey, explicitHashKey, data }) => ({
          Data: data,
          PartitionKey: partitionKey,
          ExplicitHashKey: explicitHashKey,
        })),
      });
      const { Records } = await this.#limit((options) => this.#client().send(command, options));
      return { kind: "answered", entries: (Records ?? []).map(readEntry) };
    } catch (error) {
      return this.#onFailure(readSdkFailure(error));
    }
  }

  close(): void {
    this.#close();
  }

  /** Cached credentials that the service calls expired would be used until their own expiry: ask for fresh ones. */
  async #onFailure(failure: RequestFailure): Promise<RequestFailure> {
    if (failure.code === "ExpiredTokenException" || failure.code === "ExpiredToken") {
      const { credentials } = this.#client().config;
      await (credentials as (options?: { forceRefresh?: boolean }) => Promise<unknown>)({ forceRefresh: true }).catch(
        () => undefined,
      );
    }
    return failure;
  }
}

function readEntry({ ShardId, SequenceNumber, ErrorCode, ErrorMessage }: PutRecordsResultEntry): EntryAnswer {
  if (ErrorCode !== undefined) return { errorCode: ErrorCode, errorMessage: ErrorMessage ?? "" };
  if (ShardId !== undefined && SequenceNumber !== undefined)
    return { shardId: ShardId, sequenceNumber: SequenceNumber };
  return { errorCode: "UnreadableAnswer", errorMessage: "the entry has neither a sequence number nor an error code" };
}
