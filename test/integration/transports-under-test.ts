import { Outflow } from "../../src/core/outflow.js";
import type { PutRecordsAnswer, PutRecordsRequest, Transport } from "../../src/core/ports.js";
import { LazyClient } from "../../src/edge/sdk-client.js";
import { SdkTransport } from "../../src/edge/sdk-transport.js";
import { SignedTransport } from "../../src/edge/signed-transport.js";
import { SystemClock } from "../../src/edge/system-clock.js";
import { timeLimit } from "../../src/edge/time-limit.js";
import type { LocalKinesis } from "../../src/testing/index.js";
import { STREAM } from "./local-stream.js";

/** Time limit of a request that gets no answer. */
export const LIMIT_MS = 400;
/** Time limit of other requests, on a busy machine. */
const PATIENT_MS = 10_000;

/** The transports of PutRecords. */
export const TRANSPORTS = ["sdk", "json", "cbor"] as const;
export type TransportName = (typeof TRANSPORTS)[number];

/** A transport, made as in the producer, but alone. */
export function newTransport(
  name: TransportName,
  kinesis: Pick<LocalKinesis, "clientConfig">,
  client: LazyClient = new LazyClient(kinesis.clientConfig(), 8, PATIENT_MS),
  limitMs: number = PATIENT_MS,
  outflow: Outflow = new Outflow(Number.POSITIVE_INFINITY),
): Transport {
  const limit = timeLimit(new SystemClock(), limitMs);
  const sdk = new SdkTransport(client.get, limit, client.close, "a test", client.credentials);
  return name === "sdk"
    ? sdk
    : new SignedTransport({
        own: client.own,
        limit,
        protocol: name,
        outflow,
        sdk,
      });
}

/** This many records, each with its own key. */
export function requestOf(count: number): PutRecordsRequest {
  const entries = Array.from({ length: count }, (_, i) => ({ partitionKey: `key ${i}`, data: Buffer.from(`${i}`) }));
  return { stream: { streamName: STREAM }, entries };
}

/** The parts of an answer that must be equal for two transports, without parts that differ from request to request. */
export function told(answer: PutRecordsAnswer): object {
  if (answer.kind === "answered") {
    return answer.entries.map((entry) => ("shardId" in entry ? { shardId: entry.shardId } : entry));
  }
  const { code, statusCode, mayBeStored, message } = answer;
  // An incomplete answer is quoted, in JSON or CBOR; the SDK's client adds a hint; ports and times differ.
  const [words = ""] = message
    .replace(/(200 with a body that cannot be read: ).*/, "$1…")
    .replace(/:\d+$/, ":port")
    .replace(/\d{4}-\d\d-\d\dT\S+/, "then")
    .split("\n");
  return { code, statusCode, mayBeStored, message: words };
}
