import { Outflow } from "../../src/core/outflow.js";
import type { PutRecordsAnswer, PutRecordsRequest, Transport } from "../../src/core/ports.js";
import { LazyClient } from "../../src/edge/sdk-client.js";
import { SdkTransport } from "../../src/edge/sdk-transport.js";
import { SignedTransport } from "../../src/edge/signed-transport.js";
import { SystemClock } from "../../src/edge/system-clock.js";
import { timeLimit } from "../../src/edge/time-limit.js";
import type { LocalKinesis } from "../../src/testing/index.js";
import { STREAM } from "./local-stream.js";

/** How long a request may take that is not answered. */
export const LIMIT_MS = 400;
/** How long others may take, on a machine that is busy. */
const PATIENT_MS = 10_000;

/** The ways of PutRecords. */
export const TRANSPORTS = ["sdk", "json", "cbor"] as const;
export type TransportName = (typeof TRANSPORTS)[number];

/** A transport as the producer makes it, alone. */
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

/** So many records, one key each. */
export function requestOf(count: number): PutRecordsRequest {
  const entries = Array.from({ length: count }, (_, i) => ({ partitionKey: `key ${i}`, data: Buffer.from(`${i}`) }));
  return { stream: { streamName: STREAM }, entries };
}

/** An answer as far as two transports must agree: without what differs from request to request. */
export function told(answer: PutRecordsAnswer): object {
  if (answer.kind === "answered") {
    return answer.entries.map((entry) => ("shardId" in entry ? { shardId: entry.shardId } : entry));
  }
  const { code, statusCode, mayBeStored, message } = answer;
  // Half an answer is shown as it is, in JSON or CBOR; the SDK's client adds a hint; ports and times differ.
  const [words = ""] = message
    .replace(/(200 with a body that cannot be read: ).*/, "$1…")
    .replace(/:\d+$/, ":port")
    .replace(/\d{4}-\d\d-\d\dT\S+/, "then")
    .split("\n");
  return { code, statusCode, mayBeStored, message: words };
}
