import { setTimeout as delay } from "node:timers/promises";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { type Attempt, KinesisProducer, type ProducerOptions, type RecordFailedError } from "../../src/index.js";
import { LocalKinesis, type ServerCertificate, seededRandom } from "../../src/testing/index.js";
import type { StreamReport } from "../../src/testing/oracle/stream-report.js";
import { type FaultRow, STREAM } from "./fault-rows.js";

/** How the producer of a cell packs and orders. */
export interface CellMode {
  readonly name: string;
  readonly options: Pick<ProducerOptions, "aggregation" | "ordering" | "compression">;
  /** Whether an aggregate may hold several keys. */
  readonly isMixed: boolean;
  /** Runs over HTTP alone, or over HTTPS alone; absent: over both. */
  readonly onlyOver?: "HTTP" | "HTTPS";
}

/** Compressed, the records of a cell take about a third of their bytes: these bounds still give many aggregates. */
const COMPRESSED = { aggregation: { maxBytes: 800 }, compression: "gzip" } as const;

/** The columns of the table. The aggregates are small, so that there are many of them. */
export const CELL_MODES: readonly CellMode[] = [
  { name: "aggregated", options: { aggregation: { maxBytes: 1_500 } }, isMixed: true },
  { name: "raw", options: { aggregation: false }, isMixed: false },
  { name: "reshard-safe", options: { aggregation: { maxBytes: 1_500, mode: "reshard-safe" } }, isMixed: false },
  { name: "ordered", options: { aggregation: { maxBytes: 1_500 }, ordering: "shard" }, isMixed: true },
  { name: "ordered raw", options: { aggregation: false, ordering: "shard" }, isMixed: false },
  // The transport is below the codec: one of the two for each saves half of the time.
  { name: "compressed", options: COMPRESSED, isMixed: true, onlyOver: "HTTP" },
  { name: "ordered compressed", options: { ...COMPRESSED, ordering: "shard" }, isMixed: true, onlyOver: "HTTPS" },
];

/** The columns of a table. */
export function modesOver(isTls: boolean): readonly CellMode[] {
  return CELL_MODES.filter(({ onlyOver }) => onlyOver === undefined || (onlyOver === "HTTPS") === isTls);
}

/** The transport of a cell's PutRecords requests. */
export interface CellTransport {
  readonly name: string;
  readonly options: Pick<ProducerOptions, "transport" | "protocol">;
  /** The producer gets a client with the SDK's defaults: HTTP/2, its own retries, and no time limits. */
  readonly isHandedIn?: boolean;
}

/** The SDK's client, which every row can use. Rows over HTTP/2 get a separate client. */
export const SDK_TRANSPORT: CellTransport = { name: "the SDK's client", options: { transport: "sdk" } };

/** The same with a client of the caller. */
export const HANDED_IN: CellTransport = { name: "the caller's client", options: {}, isHandedIn: true };

/** One table each. */
export const CELL_TRANSPORTS: readonly CellTransport[] = [
  { name: "own requests in JSON", options: {} },
  { name: "own requests in CBOR", options: { protocol: "cbor" } },
  SDK_TRANSPORT,
  HANDED_IN,
];

/** The result of one cell. */
export interface CellResult {
  readonly delivered: number;
  /**
   * Records reported as delivered that no reader finds, records that never settled, and records reported as not stored
   * that are stored.
   */
  readonly lost: number;
  /** Records that a reader gets more than once. */
  readonly duplicated: number;
  /** Of these, delivered without a warning (`mayBeDuplicate`). */
  readonly duplicatedUntold: number;
  /** Records that a reader gets before an earlier record of the same key. */
  readonly outOfOrder: number;
  /** Records reported as failed, by code. */
  readonly failed: ReadonlyMap<string, number>;
  /** Of these, with the outcome unknown. */
  readonly failedUnknown: number;
  /** Longest time without any settled record while a record waited. */
  readonly longestStallMs: number;
  /** Requests and entries that failed, and aggregates in wrong shards. */
  readonly troubles: number;
  readonly elapsedMs: number;
}

/** The number of records that a cell offers, and the method. */
export interface CellLoad {
  readonly waves: number;
  readonly recordsPerWave: number;
  readonly keys: number;
  readonly gapMs: number;
  readonly seed: number;
}

/** Limit for close(). Records that are unsettled then count as lost. */
const CLOSE_TIMEOUT_MS = 25_000;

interface Handed {
  readonly key: string;
  readonly text: string;
  outcome: "pending" | "delivered" | RecordFailedError;
  /** Retried by a client with its own retries. */
  wasTriedAgain: boolean;
  mayBeDuplicate: boolean;
}

/** Runs one cell: offers records in waves, over a loopback socket, while the row's faults strike. */
export async function runCell(
  row: FaultRow,
  mode: CellMode,
  transport: CellTransport,
  load: CellLoad,
  tls: ServerCertificate | undefined,
): Promise<CellResult> {
  const startedAt = performance.now();
  const kinesis = await LocalKinesis.start({
    streams: { [STREAM]: { shards: 2 } },
    faults: row.faults,
    seed: load.seed,
    ...(tls === undefined ? {} : { tls }),
  });
  const connection = connectionTo(kinesis);
  const client = newClient(connection, row, transport);
  try {
    const options = { ...mode.options, ...transport.options, random: seededRandom(load.seed) };
    const producer = newProducer(client === undefined ? connection : { client }, row, options);
    // Then a manual action finds the producer sending, even on a busy machine.
    await producer.ready();
    const stall = new StallWatch();
    const handed: Handed[] = [];
    const act = (wave: number): void => {
      for (const deed of row.deeds ?? []) if (deed.beforeWave === wave) deed.act(kinesis);
    };
    for (let wave = 0; wave < load.waves; wave++) {
      act(wave);
      for (let i = 0; i < load.recordsPerWave; i++) handed.push(hand(producer, handed.length, load.keys, stall));
      await delay(load.gapMs);
    }
    act(load.waves);
    await producer.close({ timeoutMs: CLOSE_TIMEOUT_MS });
    const { retries = 0, requestsFailed = 0, wrongShard = 0 } = producer.stats().streams[STREAM] ?? {};
    return {
      ...judge(
        handed,
        kinesis.oracle.report(STREAM, ({ data }) => Buffer.from(data).toString()),
      ),
      longestStallMs: stall.longestMs,
      // The producer's counters do not include requests that the client's own retries have saved.
      troubles: retries + requestsFailed + wrongShard + handed.filter(({ wasTriedAgain }) => wasTriedAgain).length,
      elapsedMs: performance.now() - startedAt,
    };
  } finally {
    client?.destroy();
    await kinesis.close();
  }
}

type Connection = Required<Pick<ProducerOptions, "endpoint" | "region" | "credentials">>;

function connectionTo(kinesis: LocalKinesis): Connection {
  let keys = 0;
  const { endpoint, region } = kinesis.clientConfig();
  // New credentials for each call, as from a metadata service.
  const credentials = async () => ({
    accessKeyId: `key-${++keys}`,
    secretAccessKey: "secret",
    expiration: new Date(Date.now() + 3_600_000),
  });
  return { endpoint, region, credentials };
}

/** The client that the producer gets; undefined where the producer makes one itself. */
function newClient(
  connection: Connection,
  { overHttp2 = false }: FaultRow,
  { isHandedIn = false }: CellTransport,
): KinesisClient | undefined {
  if (isHandedIn) return new KinesisClient(connection);
  return overHttp2 ? new KinesisClient({ ...connection, maxAttempts: 1 }) : undefined;
}

function newProducer(
  connection: Connection | Pick<ProducerOptions, "client">,
  { requestTimeoutMs }: FaultRow,
  options: CellMode["options"] & CellTransport["options"] & Pick<ProducerOptions, "random">,
): KinesisProducer {
  return new KinesisProducer({
    streamName: STREAM,
    ...connection,
    lingerMs: 5,
    maxRequestRecords: 20,
    shardMapTimeoutMs: 1_500,
    logger: { warn: () => undefined },
    ...options,
    ...(requestTimeoutMs === undefined ? {} : { requestTimeoutMs }),
  });
}

function hand(producer: KinesisProducer, index: number, keys: number, stall: StallWatch): Handed {
  const handed: Handed = {
    key: `key-${index % keys}`,
    text: `record ${String(index).padStart(6, "0")} ${"x".repeat(40)}`,
    outcome: "pending",
    wasTriedAgain: false,
    mayBeDuplicate: false,
  };
  const look = ({ attempts }: { readonly attempts: readonly Attempt[] }): void => {
    handed.wasTriedAgain = attempts.some(({ tries = 1 }) => tries > 1);
  };
  stall.begin();
  producer.put({ partitionKey: handed.key, data: handed.text }).then(
    (result) => {
      stall.end();
      handed.outcome = "delivered";
      handed.mayBeDuplicate = result.mayBeDuplicate;
      look(result);
    },
    (error: RecordFailedError) => {
      stall.end();
      handed.outcome = error;
      look(error);
    },
  );
  return handed;
}

type Judged = Omit<CellResult, "longestStallMs" | "troubles" | "elapsedMs">;

function judge(handed: readonly Handed[], report: StreamReport): Judged {
  let delivered = 0;
  let lost = 0;
  let duplicatedUntold = 0;
  let failedUnknown = 0;
  const failed = new Map<string, number>();
  // Records are matched by their texts, which are unique. A stream that distributes records itself may drop partition
  // keys.
  for (const { text, outcome, mayBeDuplicate } of handed) {
    if (outcome === "delivered") {
      delivered++;
      const times = report.timesRead(text);
      if (times === 0) lost++;
      if (times > 1 && !mayBeDuplicate) duplicatedUntold++;
    } else if (outcome === "pending" || outcome.code === "KP_CLOSED") lost++;
    else {
      const code = outcome.serviceCode ?? outcome.code;
      failed.set(code, (failed.get(code) ?? 0) + 1);
      if (outcome.delivery === "unknown") failedUnknown++;
      else if (report.fates.has(text)) lost++;
    }
  }
  return {
    delivered,
    lost,
    failed,
    failedUnknown,
    duplicated: report.duplicates.length,
    duplicatedUntold,
    outOfOrder: swaps(handed, report),
  };
}

/** Delivered records that a reader meets after a later record of the same key. */
function swaps(handed: readonly Handed[], report: StreamReport): number {
  const byKey = new Map<string, Map<string, number>>();
  for (const [index, { key, text, outcome }] of handed.entries()) {
    const ofKey = byKey.get(key) ?? new Map<string, number>();
    if (outcome === "delivered") ofKey.set(text, index);
    byKey.set(key, ofKey);
  }
  let count = 0;
  for (const [key, indexes] of byKey) {
    let latest = -1;
    for (const { data } of report.orderOf(key)) {
      const index = indexes.get(Buffer.from(data).toString()) ?? latest;
      if (index < latest) count++;
      latest = Math.max(latest, index);
    }
  }
  return count;
}

/** Measures times in which nothing settles although records wait. */
class StallWatch {
  #open = 0;
  #movedAt = 0;
  longestMs = 0;

  begin(): void {
    if (this.#open++ === 0) this.#movedAt = performance.now();
  }

  end(): void {
    const now = performance.now();
    this.longestMs = Math.max(this.longestMs, now - this.#movedAt);
    this.#movedAt = now;
    this.#open--;
  }
}
