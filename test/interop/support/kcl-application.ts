/**
 * Whole applications of the KCL, and what they deliver.
 *
 * @module
 */
import { LocalKinesis } from "../../../src/testing/index.js";
import { motoPython, pythonScript } from "./installed.js";
import { javaArguments } from "./java-program.js";
import { RunningClient } from "./running-client.js";

/** The stream that they read. */
export const STREAM = "events";

type Line =
  | { readonly begins: string }
  | { readonly ends: string }
  | { readonly partitionKey: string; readonly data: string; readonly place: string };

/** Everything that the workers of an application delivered. */
export class Deliveries {
  /** The places of each record, by its data: shard, sequence number and sub-sequence number. */
  readonly places = new Map<string, Set<string>>();
  /** The partition key of each record, by its data. */
  readonly keys = new Map<string, string>();
  /** Deliveries of a place that had been delivered before. */
  repeated = 0;
  /** Shards that a worker has begun to read. */
  readonly begun = new Set<string>();
  /** Shards that were read to their end. */
  readonly ended = new Set<string>();

  /** Takes a line of a worker. */
  take(text: string): void {
    const line = JSON.parse(text) as Line;
    if ("begins" in line) this.begun.add(line.begins);
    else if ("ends" in line) this.ended.add(line.ends);
    else {
      const places = this.places.get(line.data) ?? new Set();
      if (places.has(line.place)) this.repeated++;
      this.places.set(line.data, places.add(line.place));
      this.keys.set(line.data, line.partitionKey);
    }
  }
}

/** A Kinesis with a stream of two shards, a DynamoDB for the leases, and the workers of one application. */
export class KclSetUp {
  readonly kinesis: LocalKinesis;
  readonly deliveries: Deliveries = new Deliveries();
  readonly #leases: RunningClient;
  readonly #leasesEndpoint: string;
  readonly #workers: RunningClient[] = [];

  private constructor(kinesis: LocalKinesis, leases: RunningClient, leasesEndpoint: string) {
    this.kinesis = kinesis;
    this.#leases = leases;
    this.#leasesEndpoint = leasesEndpoint;
  }

  /** Starts Kinesis, over TLS if that is wanted, and DynamoDB. */
  static async start(tls = false): Promise<KclSetUp> {
    const leases = new RunningClient(motoPython(), [pythonScript("moto_tables.py")], () => {});
    try {
      const endpoint = await leases.printed(/http:\/\/127\.0\.0\.1:\d+/, 60_000);
      return new KclSetUp(await LocalKinesis.start({ streams: { [STREAM]: { shards: 2 } }, tls }), leases, endpoint);
    } catch (error) {
      await leases.kill();
      throw error;
    }
  }

  /** Starts a worker. `properties` are system properties. It ends by `end()`, or with this set-up. */
  startWorker(
    name: string,
    mode: "polling" | "fan-out",
    properties: Readonly<Record<string, string>> = {},
  ): RunningClient {
    const args = [this.kinesis.endpoint, this.#leasesEndpoint, STREAM, name, mode];
    const settings = { "org.slf4j.simpleLogger.defaultLogLevel": "warn", ...properties };
    const worker = new RunningClient("java", javaArguments("kcl-application", args, settings), (line) =>
      this.deliveries.take(line),
    );
    this.#workers.push(worker);
    return worker;
  }

  /** Ends everything that still runs. */
  async close(): Promise<void> {
    for (const each of [...this.#workers, this.#leases]) await each.kill();
    await this.kinesis.close();
  }
}
