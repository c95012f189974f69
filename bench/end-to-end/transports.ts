/**
 * CPU of a PutRecords request of a megabyte by each transport, over TLS 1.3 to a counting LocalKinesis in a separate
 * process; and of the parts other than the body. Every measurement has a separate process, and the transports take
 * turns.
 *
 *     npm run bench transports -- [--runs <n>] [--seconds <n>] [--in-flight <n>] [--only <regexp>]
 */
import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent } from "node:https";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { Outflow } from "../../src/core/outflow.js";
import type { KinesisRecord, PutRecordsAnswer, PutRecordsRequest, Transport } from "../../src/core/ports.js";
import { readEntries } from "../../src/edge/entry-answer.js";
import { loadSdk } from "../../src/edge/lazy-sdk.js";
import { JSON_CONTENT_TYPE, jsonPutRecords } from "../../src/edge/put-records-json.js";
import { drawModel } from "../../src/edge/request-model.js";
import { signedHeaders } from "../../src/edge/request-signature.js";
import { LazyClient } from "../../src/edge/sdk-client.js";
import { SdkTransport } from "../../src/edge/sdk-transport.js";
import { SignedTransport } from "../../src/edge/signed-transport.js";
import { SystemClock } from "../../src/edge/system-clock.js";
import { timeLimit } from "../../src/edge/time-limit.js";
import { selfSignedCertificate } from "../../src/testing/http/self-signed-certificate.js";

const STREAM = { streamName: "bench" };
const CREDENTIALS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const REGION = "us-east-1";

/** 20 aggregates of the default size: a megabyte. */
const ENTRIES: readonly KinesisRecord[] = Array.from({ length: 20 }, (_, i) => ({
  partitionKey: "a",
  explicitHashKey: String((2n ** 128n * BigInt(i)) / 20n),
  data: Buffer.alloc(51_200, `aggregate ${i} `),
}));
const MEGABYTES = (ENTRIES.length * 51_200) / 1e6;

/** The measured transports, by title. */
const WAYS: Readonly<Record<string, (endpoint: string) => Transport>> = {
  "the SDK's client, as it comes": (endpoint) => own(endpoint, "sdk"),
  "the SDK's client, own body": sdkWithOwnBody,
  "own requests, JSON, a model for each": (endpoint) => {
    process.env.AWS_LAMBDA_FUNCTION_NAME = "as in a function";
    return own(endpoint, "json");
  },
  "own requests, JSON": (endpoint) => own(endpoint, "json"),
  "own requests, CBOR": (endpoint) => own(endpoint, "cbor"),
};

/** A transport, made as in the producer. */
function own(endpoint: string, name: "sdk" | "json" | "cbor"): Transport {
  const client = new LazyClient({ region: REGION, endpoint, credentials: CREDENTIALS }, 24, 6_000);
  const limit = timeLimit(new SystemClock(), 6_000);
  const sdk = new SdkTransport(client.get, limit, client.close, "a bench", client.credentials);
  return name === "sdk"
    ? sdk
    : new SignedTransport({
        own: client.own,
        limit,
        protocol: name,
        outflow: new Outflow(Number.POSITIVE_INFINITY),
        sdk,
      });
}

/** The SDK's whole path without its serializer: the potential of an own protocol class. */
function sdkWithOwnBody(endpoint: string): Transport {
  const client = new KinesisClient({
    region: REGION,
    endpoint,
    credentials: CREDENTIALS,
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({ httpsAgent: new Agent({ keepAlive: true, maxSockets: 28 }) }),
  });
  return {
    async putRecords({ stream, entries }: PutRecordsRequest): Promise<PutRecordsAnswer> {
      const command = new PutRecordsCommand({ StreamName: stream.streamName, Records: [] });
      command.middlewareStack.add(
        (next) => (args) => {
          (args.request as { body: unknown }).body = jsonPutRecords(stream, entries);
          return next(args);
        },
        { step: "build", priority: "high" },
      );
      return { kind: "answered", entries: readEntries((await client.send(command)).Records) };
    },
    close: () => client.destroy(),
  };
}

/** A job from the parent for a child. */
interface Job {
  readonly title: string;
  readonly endpoint: string;
  readonly seconds: number;
  readonly inFlight: number;
}

/** The result of a job. */
interface Sample {
  readonly cpuMs: number;
  readonly megabytesPerSecond: number;
}

/** Sends for a while, in a separate process, after a second of warm-up. */
async function measure({ title, endpoint, seconds, inFlight }: Job): Promise<Sample> {
  const transport = WAYS[title]?.(endpoint);
  if (transport === undefined) throw new Error(`no way "${title}"`);
  await sendFor(transport, 1, inFlight);
  const before = process.cpuUsage();
  const startedAt = performance.now();
  const requests = await sendFor(transport, seconds, inFlight);
  const elapsedS = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(before);
  transport.close?.();
  return { cpuMs: (user + system) / 1000 / requests, megabytesPerSecond: (requests * MEGABYTES) / elapsedS };
}

async function sendFor(transport: Transport, seconds: number, inFlight: number): Promise<number> {
  const until = performance.now() + seconds * 1000;
  let requests = 0;
  const send = async (): Promise<void> => {
    while (performance.now() < until) {
      const answer = await transport.putRecords({ stream: STREAM, entries: ENTRIES });
      const isRight = answer.kind === "answered" && answer.entries.every((entry) => "shardId" in entry);
      if (!isRight) throw new Error(`not accepted: ${JSON.stringify(answer)}`);
      requests++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, send));
  return requests;
}

/** Microseconds of CPU for the work around a body. */
async function measureParts(): Promise<Readonly<Record<string, number>>> {
  const endpoint = `https://kinesis.${REGION}.amazonaws.com`;
  const client = new LazyClient({ region: REGION, endpoint, credentials: CREDENTIALS }, 1, 6_000).own(
    await loadSdk(),
  ).client;
  const model = await drawModel(client, STREAM, {});
  const body = Buffer.from("{}");
  const parts: Readonly<Record<string, () => Promise<unknown>>> = {
    "drawing a model": () => drawModel(client, STREAM, {}),
    "a signature": () => signedHeaders(client.config, model, CREDENTIALS, JSON_CONTENT_TYPE, body),
  };
  const figures: [string, number][] = [];
  for (const [name, part] of Object.entries(parts)) {
    for (let i = 0; i < 2_000; i++) await part();
    const before = process.cpuUsage();
    for (let i = 0; i < 5_000; i++) await part();
    const { user, system } = process.cpuUsage(before);
    figures.push([name, (user + system) / 5_000]);
  }
  return Object.fromEntries(figures);
}

/** Starts a child, and resolves with its first message. */
function forked(
  file: string,
  env: NodeJS.ProcessEnv,
  question: object,
): Promise<{ child: ChildProcess; answer: unknown }> {
  const child = fork(file, ["--child"], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`${file} ended with ${code}`)));
    child.once("message", (answer) => resolve({ child, answer }));
    child.send(question);
  });
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;
}

function show(number: number): string {
  return number.toLocaleString("en", { maximumSignificantDigits: 3 });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "5" },
      seconds: { type: "string", default: "3" },
      "in-flight": { type: "string", default: "8" },
      only: { type: "string", default: "" },
    },
  });
  const [runs, seconds, inFlight] = [values.runs, values.seconds, values["in-flight"]].map(Number);
  if (!(Number(runs) > 0 && Number(seconds) > 0 && Number(inFlight) > 0)) throw new Error("numbers above 0, please");
  const titles = Object.keys(WAYS).filter((title) => new RegExp(values.only, "i").test(title));
  const folder = mkdtempSync(join(tmpdir(), "transports-"));
  try {
    const tls = selfSignedCertificate({ dns: ["localhost"], addresses: [Uint8Array.of(127, 0, 0, 1)] }, Date.now());
    const certFile = join(folder, "cert.pem");
    writeFileSync(certFile, tls.cert);
    const samples = new Map<string, Sample[]>(titles.map((title) => [title, []]));
    for (let run = 1; run <= Number(runs); run++) {
      for (const [title, taken] of samples) {
        const server = await forked(join(ROOT, "bench/end-to-end/counting-server.mjs"), {}, { shards: 4, tls });
        const endpoint = `https://localhost:${(server.answer as { port: number }).port}`;
        const job = { title, endpoint, seconds: Number(seconds), inFlight: Number(inFlight) };
        const client = await forked(fileURLToPath(import.meta.url), { NODE_EXTRA_CA_CERTS: certFile }, job);
        const sample = client.answer as Sample;
        for (const { child } of [server, client]) child.disconnect();
        taken.push(sample);
        console.error(`${run}/${runs}  ${title}: ${show(sample.cpuMs)} ms, ${show(sample.megabytesPerSecond)} MB/s`);
      }
    }
    console.log(`Node.js ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}, medians of ${runs} runs\n`);
    console.log("| way | CPU ms per request of 1 MB | least to most | MB/s |");
    console.log("| --- | ---: | ---: | ---: |");
    for (const [title, taken] of samples) {
      const cpu = taken.map(({ cpuMs }) => cpuMs);
      const pace = median(taken.map(({ megabytesPerSecond }) => megabytesPerSecond));
      const range = `${show(Math.min(...cpu))} to ${show(Math.max(...cpu))}`;
      console.log(`| ${title} | ${show(median(cpu))} | ${range} | ${show(pace)} |`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  for (const [name, us] of Object.entries(await measureParts())) console.log(`\n${name}: ${show(us)} µs of CPU`);
}

/** Compiled, this file lies in `build/bench/bench/end-to-end/`. */
const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));

if (process.argv.includes("--child")) {
  process.on("disconnect", () => process.exit());
  process.once("message", async (job: Job) => process.send?.(await measure(job)));
} else await main();
