/** The service of a soak, in a separate process, so that the stored records are not in the measured heap. */
import process from "node:process";
import { deaggregate } from "../../src/deaggregate/index.js";
import { LocalKinesis, seededRandom } from "../../src/testing/index.js";
import { FATE, type FromServer, type StreamFates, type ToServer, type Verdict } from "./messages.js";

const MAX_SHARDS = 6;

const [seed = "1", ...streams] = process.argv.slice(2);
const random = seededRandom(Number(seed));
const kinesis = await LocalKinesis.start({
  streams: Object.fromEntries(streams.map((name) => [name, { shards: 2 }])),
  seed: Number(seed),
});

function send(message: FromServer): void {
  process.send?.(message);
}

/** Splits a shard somewhere, or merges two neighbours. */
function reshard(stream: string): void {
  const open = kinesis.shards(stream).filter((shard) => shard.endingSequenceNumber === undefined);
  open.sort((a, b) => (BigInt(a.startingHashKey) < BigInt(b.startingHashKey) ? -1 : 1));
  const index = Math.floor(random() * open.length);
  const [shard, next] = [open[index], open[index + 1]];
  if (shard === undefined) return;
  if (next !== undefined && (open.length >= MAX_SHARDS || random() < 0.5))
    kinesis.mergeShards(stream, shard.shardId, next.shardId);
  else if (open.length < MAX_SHARDS) kinesis.splitShard(stream, shard.shardId);
}

/** Reads a stream as the KCL does, and compares it with the reported outcomes. */
function verify({ stream, fates, count }: StreamFates): Verdict {
  const ranges = new Map(kinesis.shards(stream).map((shard) => [shard.shardId, shard]));
  const [stored, seen] = [new Uint8Array(count), new Uint8Array(count)];
  const add = (counts: Uint8Array, data: Uint8Array): void => {
    const id = Number.parseInt(Buffer.from(data.subarray(0, 9)).toString(), 10);
    counts[id] = Math.min(255, (counts[id] ?? 0) + 1);
  };
  for (const record of kinesis.records(stream)) {
    for (const { data } of deaggregate(record, { onDropped: () => undefined })) add(stored, data);
    const shardRange = ranges.get(record.shardId);
    for (const { data } of deaggregate(record, { shardRange, onDropped: () => undefined })) add(seen, data);
  }
  const verdict = { stream, delivered: 0, failed: 0, lost: 0, duplicated: 0 };
  for (let id = 0; id < count; id++) {
    const fate = fates[id];
    if (fate === FATE.delivered) verdict.delivered++;
    else if (fate !== FATE.pending) verdict.failed++;
    const isUnseen = fate === FATE.delivered && seen[id] === 0;
    const isStoredAfterAll = fate === FATE.failedNone && stored[id] !== 0;
    if (isUnseen || isStoredAfterAll || fate === FATE.pending) verdict.lost++;
    if ((seen[id] ?? 0) > 1) verdict.duplicated++;
  }
  return verdict;
}

process.on("message", (message: ToServer) => {
  switch (message.do) {
    case "fault": {
      const remove = kinesis.faults.add(message.line);
      setTimeout(remove, message.ms);
      break;
    }
    case "limit":
      kinesis.setLimits({ write: { recordsPerSecond: message.recordsPerSecond, bytesPerSecond: 200_000 } });
      setTimeout(() => kinesis.setLimits(false), message.ms);
      break;
    case "reshard":
      reshard(message.stream);
      break;
    case "calm":
      kinesis.faults.clear();
      kinesis.setLimits(false);
      break;
    case "verify":
      send({ verdict: verify(message.fates) });
      break;
    case "end":
      void kinesis.close().then(() => process.disconnect?.());
  }
});
send({ config: kinesis.clientConfig() });
