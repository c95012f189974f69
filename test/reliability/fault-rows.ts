import { EFFECT_SHAPES } from "../../src/testing/faults/effect-fields.js";
import { type LocalKinesis, parseFault } from "../../src/testing/index.js";

/** The stream of every cell; it begins with two shards. */
export const STREAM = "clicks";

/** The manual actions of a row, before it offers a wave of records, or after the last one. */
export interface Deed {
  readonly beforeWave: number;
  readonly act: (kinesis: LocalKinesis) => void;
}

/**
 * One row of the matrix. Add a row here for a new fault: the matrix refuses to run while a kind of fault has no row.
 */
export interface FaultRow {
  readonly name: string;
  /** In the form of `kinesis.faults.add`. */
  readonly faults: readonly string[];
  readonly deeds?: readonly Deed[];
  /**
   * Where a reader may get a record twice; absent: nowhere. `mixed`: where an aggregate holds several keys, because a
   * reshard can tear it. `anywhere`: also everywhere else, because an outcome stays unknown.
   */
  readonly duplicates?: "mixed" | "anywhere";
  /** Codes with which records may fail; absent: none. Such records must fail before anything is stored. */
  readonly mayFail?: RegExp;
  /** Milliseconds. Only for rows with unanswered requests, so that other requests do not time out on a busy machine. */
  readonly requestTimeoutMs?: number;
  /** The producer gets a client made by the SDK, which uses HTTP/2. */
  readonly overHttp2?: boolean;
  /**
   * All connections are cut at once. If a client uses one connection per request, other requests may be stored by then,
   * and their answers are lost.
   */
  readonly cutsConnections?: boolean;
  /** The producer may not notice the fault. */
  readonly isQuiet?: boolean;
}

const [FIRST, SECOND] = ["shardId-000000000000", "shardId-000000000001"];

const rows = (...list: readonly FaultRow[]): readonly FaultRow[] => list;

const ENTRIES = rows(
  { name: "nothing", faults: [], isQuiet: true },
  { name: "entries fail", faults: ["PutRecords fail-entry p=0.2"] },
  { name: "entries fail, and are stored", faults: ["PutRecords fail-entry stored p=0.2"], duplicates: "anywhere" },
  { name: "entries are throttled", faults: ["PutRecords throttle-entry p=0.3"] },
  { name: "one shard is throttled", faults: [`PutRecords throttle-entry shard=${SECOND} times=12`] },
);

const REQUESTS = rows(
  { name: "requests are throttled", faults: ["PutRecords throttle p=0.3"] },
  { name: "InternalFailure", faults: ["PutRecords error code=InternalFailure p=0.2"] },
  {
    name: "InternalFailure, stored",
    faults: ["PutRecords error code=InternalFailure stored p=0.2"],
    duplicates: "anywhere",
  },
  { name: "503 in HTML", faults: ["PutRecords error code=ServiceUnavailable body=html p=0.2"] },
  { name: "503, empty", faults: ["PutRecords error code=ServiceUnavailable body=empty retryAfterMs=50 p=0.2"] },
  { name: "429, empty", faults: ["PutRecords error code=TooMany status=429 body=empty p=0.2"] },
  {
    name: "413, empty",
    faults: ["PutRecords error code=TooLarge status=413 body=empty calls=3,6"],
    mayFail: /^(TooLarge|RequestEntityTooLarge)$/,
  },
  { name: "the key service throttles", faults: ["PutRecords error code=KMSThrottlingException p=0.2"] },
  {
    name: "the key is disabled for two calls",
    faults: ["PutRecords error code=KMSDisabledException calls=4,7"],
    mayFail: /^KMSDisabledException$/,
  },
  {
    name: "access is denied for two calls",
    faults: ["PutRecords error code=AccessDeniedException calls=4,7"],
    mayFail: /^AccessDeniedException$/,
  },
  {
    name: "ValidationException for two calls",
    faults: ["PutRecords error code=ValidationException calls=4,7"],
    mayFail: /^ValidationException$/,
  },
  { name: "the token expires", faults: ["PutRecords expired-token calls=4.."] },
  { name: "the clock is ten minutes off", faults: ["PutRecords clock-skew offsetMs=600000"] },
);

const ANSWERS = rows(
  { name: "answers lack a record", faults: ["PutRecords records answer=short p=0.2"], duplicates: "anywhere" },
  { name: "answers lack Records", faults: ["PutRecords records answer=missing p=0.2"], duplicates: "anywhere" },
  { name: "answers have one too many", faults: ["PutRecords records answer=long p=0.2"], duplicates: "anywhere" },
  { name: "empty answers", faults: ["PutRecords empty-answer p=0.2"], duplicates: "anywhere" },
  { name: "truncated answers", faults: ["PutRecords truncate p=0.2"], duplicates: "anywhere" },
);

const CONNECTIONS = rows(
  { name: "reset before the headers", faults: ["PutRecords reset at=before-headers p=0.2"] },
  { name: "reset after storing", faults: ["PutRecords reset at=after-storing p=0.2"], duplicates: "anywhere" },
  { name: "reset within the answer", faults: ["PutRecords reset at=mid-body p=0.2"], duplicates: "anywhere" },
  { name: "no answer", faults: ["PutRecords hang calls=4,8,12"], duplicates: "anywhere", requestTimeoutMs: 700 },
  {
    name: "no answer, stored",
    faults: ["PutRecords hang stored calls=4,8,12"],
    duplicates: "anywhere",
    requestTimeoutMs: 700,
  },
  {
    name: "no answer to ListShards and DescribeStreamSummary",
    faults: ["ListShards hang calls=1", "DescribeStreamSummary hang calls=1"],
    requestTimeoutMs: 700,
    isQuiet: true,
  },
  {
    name: "nobody listens for 500 ms",
    faults: ["PutRecords refuse-connections ms=500 calls=6"],
    cutsConnections: true,
  },
  { name: "HTTP/2 streams are reset", faults: ["PutRecords reset-stream p=0.2"], overHttp2: true },
  {
    name: "HTTP/2 streams are reset after storing",
    faults: ["PutRecords reset-stream at=after-storing p=0.2"],
    duplicates: "anywhere",
    overHttp2: true,
  },
  {
    name: "HTTP/2 connections say goodbye",
    faults: ["PutRecords goaway inFlight=refuse p=0.2"],
    duplicates: "anywhere",
    overHttp2: true,
    isQuiet: true,
  },
  { name: "slow calls", faults: ["PutRecords latency ms=20..150"], isQuiet: true },
  { name: "slow bodies", faults: ["PutRecords slow-body ms=60"], isQuiet: true },
);

/** Splits and merges the present shards of the stream. */
const split = (kinesis: LocalKinesis): void => {
  kinesis.splitShard(STREAM, FIRST);
};
const mergeChildren = (kinesis: LocalKinesis): void => {
  kinesis.mergeShards(STREAM, "shardId-000000000002", "shardId-000000000003");
};

const STREAMS = rows(
  { name: "split", faults: [], deeds: [{ beforeWave: 5, act: split }], duplicates: "mixed" },
  {
    name: "split very unevenly",
    faults: [],
    deeds: [{ beforeWave: 5, act: (kinesis) => void kinesis.splitShard(STREAM, FIRST, 1n) }],
    duplicates: "mixed",
  },
  {
    name: "merge",
    faults: [],
    deeds: [{ beforeWave: 5, act: (kinesis) => void kinesis.mergeShards(STREAM, FIRST, SECOND) }],
    duplicates: "mixed",
  },
  {
    name: "split, then its children merge",
    faults: [],
    deeds: [
      { beforeWave: 4, act: split },
      { beforeWave: 8, act: mergeChildren },
    ],
    duplicates: "mixed",
  },
  {
    name: "2 shards, 5, 1",
    faults: [],
    deeds: [
      { beforeWave: 4, act: (kinesis) => void kinesis.updateShardCount(STREAM, 5) },
      { beforeWave: 8, act: (kinesis) => void kinesis.updateShardCount(STREAM, 1) },
    ],
    duplicates: "mixed",
  },
  {
    name: "2 shards to 3 to 1 at once: intermediates are never seen",
    faults: [],
    deeds: [{ beforeWave: 5, act: (kinesis) => void [3, 1].map((count) => kinesis.updateShardCount(STREAM, count)) }],
    duplicates: "mixed",
  },
  {
    name: "split, and five lists are stale",
    faults: ["ListShards stale-list calls=1..5"],
    deeds: [{ beforeWave: 5, act: split }],
    duplicates: "mixed",
  },
  {
    name: "a child that no list shows for 500 ms",
    faults: ["PutRecords unknown-child calls=5 staleListMs=500"],
    duplicates: "mixed",
  },
  {
    name: "split under throttling and resets",
    faults: ["PutRecords throttle-entry p=0.2", "PutRecords reset at=after-storing p=0.1"],
    deeds: [{ beforeWave: 5, act: split }],
    duplicates: "anywhere",
  },
  {
    name: "AUTO is switched on",
    faults: ["PutRecords switch-to-auto calls=5"],
    // On such a stream a producer with `ordering` refuses records.
    mayFail: /^KP_INVALID_RECORD$/,
    duplicates: "anywhere",
  },
  {
    name: "the stream is deleted, and created 200 ms later",
    faults: ["PutRecords delete-stream calls=5"],
    // Few large aggregates, or a busy machine, may delete it later than wave 11.
    deeds: [11, 12, 13, 14, 15, 16].map((beforeWave) => ({ beforeWave, act: createAgain })),
    mayFail: /^ResourceNotFoundException$/,
    duplicates: "anywhere",
  },
  {
    name: "the stream is recreated in between",
    faults: ["PutRecords recreate-stream calls=5"],
    duplicates: "anywhere",
    // It has the same shards again.
    isQuiet: true,
  },
);

function createAgain(kinesis: LocalKinesis): void {
  try {
    kinesis.createStream(STREAM, { shards: 2 });
  } catch {
    // The stream is not deleted yet: too few calls have come.
  }
}

/** Every row, in the order of the table. */
export const FAULT_ROWS: readonly FaultRow[] = [...ENTRIES, ...REQUESTS, ...ANSWERS, ...CONNECTIONS, ...STREAMS];

/** Kinds of fault without a row: otherwise they would look tested. */
export function kindsWithoutRow(): string[] {
  const shown = new Set<string>(FAULT_ROWS.flatMap(({ faults }) => faults.map((line) => parseFault(line).do.kind)));
  // Faults of subscriptions do not concern a producer.
  return Object.keys(EFFECT_SHAPES).filter((kind) => !shown.has(kind) && kind !== "event-error");
}
