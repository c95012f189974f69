import { onTestFinished } from "vitest";
import type { LambdaFailureRecord } from "../../src/testing/lambda-trigger/failure-record.js";
import type { LambdaKinesisEvent } from "../../src/testing/lambda-trigger/lambda-event.js";
import type { InvocationReport, LambdaHandler } from "../../src/testing/lambda-trigger/lambda-function.js";
import { LambdaTrigger } from "../../src/testing/lambda-trigger/lambda-trigger.js";
import type { LambdaTriggerOptions } from "../../src/testing/lambda-trigger/trigger-options.js";
import { ManualClock } from "../../src/testing/manual-clock.js";
import { SimulatedKinesis } from "../../src/testing/simulated-kinesis.js";

export const FIRST_SHARD = "shardId-000000000000";

/** A trigger over a simulated stream, in virtual time, and what its function saw. */
export class TriggerUnderTest {
  readonly clock = new ManualClock();
  readonly kinesis: SimulatedKinesis;
  readonly events: LambdaKinesisEvent[] = [];
  readonly reports: InvocationReport[] = [];
  readonly failures: LambdaFailureRecord[] = [];
  readonly trigger: LambdaTrigger;

  constructor(options: Partial<LambdaTriggerOptions> & { readonly shards?: number } = {}) {
    const { shards = 1, handler = () => undefined, ...others } = options;
    this.kinesis = new SimulatedKinesis({ clock: this.clock, streams: { clicks: { shards } } });
    this.trigger = new LambdaTrigger({
      kinesis: this.kinesis,
      clock: this.clock,
      streamName: "clicks",
      onFailure: this.failures,
      onInvocation: (report) => this.reports.push(report),
      ...others,
      handler: (event, context) => {
        this.events.push(structuredClone(event));
        return handler(event, context, () => {});
      },
    });
    onTestFinished(async () => {
      await this.trigger.close();
    });
  }

  /** Stores records, each with a key and its data. */
  async put(...records: readonly (readonly [key: string, data: string])[]): Promise<void> {
    await this.kinesis.putRecords({
      stream: { streamName: "clicks" },
      entries: records.map(([partitionKey, data]) => ({ partitionKey, data: Buffer.from(data) })),
    });
  }

  async start(): Promise<void> {
    await this.trigger.start();
    await this.clock.settle();
  }

  /** The data of the records, invocation by invocation. */
  get batches(): string[][] {
    return this.events.map(dataOf);
  }
}

/** The data of the records of an event. */
export function dataOf({ Records }: LambdaKinesisEvent): string[] {
  return Records.map(({ kinesis }) => Buffer.from(kinesis.data, "base64").toString());
}

/** Records of one key, with a letter each. */
export const letters = (text: string): [string, string][] => Array.from(text, (letter) => ["k", letter]);

/** Fails as long as the event has one of these records. */
export const failsOn =
  (bad: string): LambdaHandler =>
  (event) => {
    if (dataOf(event).some((data) => bad.includes(data))) throw new Error("a bad record");
  };

/** Names the bad records of the event. */
export const reports =
  (bad: string): LambdaHandler =>
  async ({ Records }) => ({
    batchItemFailures: Records.filter(({ kinesis }) =>
      bad.includes(Buffer.from(kinesis.data, "base64").toString()),
    ).map(({ kinesis }) => ({ itemIdentifier: kinesis.sequenceNumber })),
  });
