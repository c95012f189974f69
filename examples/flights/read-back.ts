import {
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  type Shard,
} from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { deaggregate } from "kinesis-producer/deaggregate";
import type { LocalClientConfig } from "kinesis-producer/testing";
import { TrafficMeter } from "#bill";
import type { FlightRecord } from "./data-set.js";

/** The records read back, compared one by one with the records sent. */
export interface ReadBack {
  readonly seconds: number;
  readonly userRecords: number;
  readonly lost: number;
  /** Records with a different key or different data, and records that were never sent. */
  readonly changed: number;
  readonly duplicated: number;
  /** User records that a KCL would drop. */
  readonly dropped: number;
  /** The billed quantities of the Kinesis records. */
  readonly traffic: TrafficMeter;
  readonly getRecordsCalls: number;
}

/** Reads the whole stream with the SDK, all shards side by side, and compares. */
export async function readBack(
  config: LocalClientConfig,
  streamName: string,
  sent: readonly FlightRecord[],
): Promise<ReadBack> {
  const client = new KinesisClient({
    ...config,
    // HTTP/1.1, with one kept connection for each shard.
    requestHandler: new NodeHttpHandler({ httpAgent: { keepAlive: true, maxSockets: 64 } }),
  });
  const check = new Check(sent);
  const begin = performance.now();
  try {
    const shards = await listShards(client, streamName);
    const calls = await Promise.all(shards.map((shard) => readShard(client, streamName, shard, check)));
    const getRecordsCalls = calls.reduce((sum, count) => sum + count, 0);
    return { ...check.result(), seconds: (performance.now() - begin) / 1000, getRecordsCalls };
  } finally {
    client.destroy();
  }
}

async function listShards(client: KinesisClient, StreamName: string): Promise<Shard[]> {
  const shards: Shard[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(new ListShardsCommand(token === undefined ? { StreamName } : { NextToken: token }));
    shards.push(...(page.Shards ?? []));
    token = page.NextToken;
  } while (token !== undefined);
  return shards;
}

/** Reads a shard to its end; returns the number of calls. */
async function readShard(client: KinesisClient, StreamName: string, shard: Shard, check: Check): Promise<number> {
  const { ShardId } = shard;
  const { ShardIterator: first } = await client.send(
    new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: "TRIM_HORIZON" }),
  );
  let calls = 0;
  for (let ShardIterator = first; ShardIterator !== undefined; ) {
    const page: GetRecordsCommandOutput = await client.send(new GetRecordsCommand({ ShardIterator }));
    calls++;
    check.add(shard, page);
    // No more records are written, so an answer without delay is the end.
    ShardIterator = page.MillisBehindLatest === 0 ? undefined : page.NextShardIterator;
  }
  return calls;
}

class Check {
  readonly #sent: readonly FlightRecord[];
  /** How often each record was read, by its number. */
  readonly #times: Uint8Array;
  readonly #traffic: TrafficMeter = new TrafficMeter();
  #userRecords = 0;
  #changed = 0;
  #dropped = 0;

  constructor(sent: readonly FlightRecord[]) {
    this.#sent = sent;
    this.#times = new Uint8Array(sent.length);
  }

  /** Unpacks Kinesis records as the KCL does, with its filter by the hash key range of the shard. */
  add({ HashKeyRange }: Shard, { Records = [] }: GetRecordsCommandOutput): void {
    const options = {
      shardRange: {
        startingHashKey: HashKeyRange?.StartingHashKey ?? "",
        endingHashKey: HashKeyRange?.EndingHashKey ?? "",
      },
      onDropped: ({ userRecords }: { readonly userRecords: number }): void => {
        this.#dropped += userRecords;
      },
    };
    for (const record of Records) {
      this.#traffic.add(Buffer.byteLength(record.PartitionKey ?? ""), record.Data?.length ?? 0);
      for (const { partitionKey, data } of deaggregate(record, options)) this.#compare(partitionKey, data);
    }
  }

  result(): Omit<ReadBack, "seconds" | "getRecordsCalls"> {
    let lost = 0;
    let duplicated = 0;
    for (const times of this.#times) {
      if (times === 0) lost++;
      else duplicated += times - 1;
    }
    return {
      userRecords: this.#userRecords,
      lost,
      changed: this.#changed,
      duplicated,
      dropped: this.#dropped,
      traffic: this.#traffic,
    };
  }

  #compare(partitionKey: string | undefined, data: Uint8Array): void {
    this.#userRecords++;
    const text = Buffer.from(data.buffer, data.byteOffset, data.length).toString();
    const id = Number(/^\{"id":(\d+)/.exec(text)?.[1]);
    const sent = this.#sent[id];
    if (sent === undefined || sent.partitionKey !== partitionKey || sent.data !== text) this.#changed++;
    else this.#times[id] = Math.min(255, (this.#times[id] ?? 0) + 1);
  }
}
