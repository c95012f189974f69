import type { DeliveryFailure } from "../../../../src/testing/delivery/delivery-options.js";
import { DeliveryPipeline } from "../../../../src/testing/delivery/delivery-pipeline.js";
import type { KinesisSourceRecord } from "../../../../src/testing/delivery/kpl-records.js";
import {
  type DeliverySettings,
  resolveDeliveryOptions,
} from "../../../../src/testing/delivery/resolve-delivery-options.js";
import type { EventFacts } from "../../../../src/testing/delivery/transform-event.js";
import { type DeliveredFile, type DeliveryStreamOptions, ManualClock } from "../../../../src/testing/index.js";

/** The epoch of the clock of these tests. */
export const EPOCH: number = Date.UTC(2026, 1, 3, 4, 5, 6);

/** A destination that keeps files, and refuses them on request. */
class ScriptedBucket {
  readonly puts: string[] = [];
  readonly files: DeliveredFile[] = [];
  /** Throws to refuse a put. */
  onPut: (file: DeliveredFile) => void | Promise<void> = () => {};

  async put(file: DeliveredFile): Promise<void> {
    this.puts.push(file.key);
    await this.onPut(file);
    this.files.push(file);
  }

  texts(prefix = ""): string[] {
    return this.files.filter(({ key }) => key.startsWith(prefix)).map(({ body }) => Buffer.from(body).toString());
  }

  /** The error documents, parsed. */
  errors(prefix = "processing-failed/"): Record<string, unknown>[] {
    return this.texts(prefix).flatMap((text) =>
      text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    );
  }
}

/** Options with all that is necessary. */
export function optionsWith(options: Partial<DeliveryStreamOptions> = {}): DeliveryStreamOptions {
  return {
    deliveryStreamName: "d",
    source: { client: { send: () => {} } as never, streamName: "clicks" },
    destination: new ScriptedBucket(),
    ...options,
  };
}

export function settingsWith(options: Partial<DeliveryStreamOptions> = {}): DeliverySettings {
  return resolveDeliveryOptions(optionsWith(options));
}

export const FACTS: EventFacts = {
  sourceKinesisStreamArn: "arn:aws:kinesis:us-east-1:000000000000:stream/clicks",
  deliveryStreamArn: "arn:aws:firehose:us-east-1:000000000000:deliverystream/d",
  region: "us-east-1",
};

/** A pipeline in virtual time. */
export class PipelineUnderTest {
  readonly clock = new ManualClock({ epoch: EPOCH });
  readonly bucket = new ScriptedBucket();
  readonly failures: DeliveryFailure[] = [];
  readonly pipeline: DeliveryPipeline;
  #taken = 0;

  constructor(options: Partial<DeliveryStreamOptions> = {}, maxHeldBytes: number = 256 * 1024 * 1024) {
    const settings = settingsWith({ destination: this.bucket, ...options });
    this.pipeline = new DeliveryPipeline(settings, FACTS, {
      clock: this.clock,
      random: () => 0.5,
      maxHeldBytes,
      onFailure: (failure) => this.failures.push(failure),
    });
  }

  /** Takes one Kinesis record for each text. */
  async take(...texts: readonly (string | Uint8Array)[]): Promise<void> {
    for (const text of texts) await this.pipeline.take(kinesisRecord(text, this.#taken++, this.clock.epochNow()));
    await this.clock.settle();
  }

  pass(ms: number): Promise<void> {
    return this.clock.advanceAsync(ms);
  }
}

export function kinesisRecord(data: string | Uint8Array, index = 0, arrival: number = EPOCH): KinesisSourceRecord {
  return {
    shardId: "shardId-000000000000",
    sequenceNumber: String(1_000 + index),
    partitionKey: "key",
    data: typeof data === "string" ? Buffer.from(data) : data,
    approximateArrivalTimestamp: new Date(arrival),
  };
}
