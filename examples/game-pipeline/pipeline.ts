import { KinesisClient } from "@aws-sdk/client-kinesis";
import { KinesisProducer } from "kinesis-producer";
import { firehoseTransform } from "kinesis-producer/lambda";
import { DeliveryStream, LambdaTrigger, LocalKinesis } from "kinesis-producer/testing";
import type { Evidence } from "./account.js";
import type { Bucket } from "./bucket.js";
import { copiesIn, ERRORS, readFiles } from "./evidence.js";
import type { Fleet } from "./fleet.js";
import { deliveredForm, eventOf } from "./game-event.js";
import { PremiumFilter } from "./premium-filter.js";
import type { Streams } from "./trouble.js";

export const STREAMS: Streams = { events: "game-events", premium: "premium-events" };

/** Everything behind the game servers, in this process: two streams, the filter between them, and the delivery. */
export class Pipeline {
  readonly kinesis: LocalKinesis;
  readonly client: KinesisClient;
  readonly filter: PremiumFilter;
  readonly trigger: LambdaTrigger;
  readonly delivery: DeliveryStream;
  readonly #producer: KinesisProducer;
  readonly #bucket: Bucket;

  private constructor(kinesis: LocalKinesis, bucket: Bucket, fileSeconds: number, onNews: (text: string) => void) {
    this.kinesis = kinesis;
    this.client = new KinesisClient(kinesis.clientConfig());
    this.#bucket = bucket;
    // The producer of the function: made once, outside of the handler, and never closed by it.
    this.#producer = new KinesisProducer({
      streamName: STREAMS.premium,
      ...kinesis.clientConfig(),
      lingerMs: 20,
      logger: (level, _fields, message) => onNews(`the filter's producer, ${level}: ${message}`),
    });
    let failures = 0;
    this.filter = new PremiumFilter(this.#producer, () => {
      if (++failures === 1) onNews("the filter: events failed, and Lambda repeats their batch");
    });
    this.trigger = new LambdaTrigger({
      kinesis,
      streamName: STREAMS.events,
      functionName: "premium-filter",
      handler: this.filter.handler,
      functionResponseTypes: ["ReportBatchItemFailures"],
      timeoutInSeconds: 60,
    });
    this.delivery = new DeliveryStream({
      deliveryStreamName: "premium-events-to-files",
      source: { client: this.client, streamName: STREAMS.premium, pollMs: 250 },
      transform: {
        handler: firehoseTransform(({ data }) => JSON.stringify(deliveredForm(eventOf(data)))),
        bufferIntervalInSeconds: 0,
      },
      destination: bucket.destination,
      prefix: "year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/hour=!{timestamp:HH}/",
      errorOutputPrefix: `${ERRORS}!{firehose:error-output-type}/`,
      fileExtension: ".json",
      appendDelimiterToRecord: true,
      bufferingHints: { intervalInSeconds: fileSeconds },
      onFailure: ({ stage, error }) => onNews(`the delivery stream, ${stage}: ${String(error)}`),
    });
  }

  /** @param fileSeconds - whole seconds, after which a file is complete */
  static async start(bucket: Bucket, fileSeconds: number, onNews: (text: string) => void): Promise<Pipeline> {
    const kinesis = await LocalKinesis.start({
      streams: { [STREAMS.events]: { shards: 2 }, [STREAMS.premium]: { shards: 1 } },
      // The limits of a shard on writes. Those on reads would slow the day, which has only a minute.
      limits: { write: true, read: false, calls: false },
      timing: { reshardMs: 200, staleListMs: 1_000 },
    });
    try {
      const pipeline = new Pipeline(kinesis, bucket, fileSeconds, onNews);
      await pipeline.trigger.start();
      await pipeline.delivery.start();
      return pipeline;
    } catch (error) {
      // An open server would keep the process alive.
      await kinesis.close();
      throw error;
    }
  }

  /** Waits until every event is through. Then nothing changes any more. */
  async drain(): Promise<void> {
    await this.trigger.idle();
    await this.#producer.flush();
    await this.delivery.flush();
  }

  /** The evidence for the account, after `drain`. */
  async evidence(fleet: Fleet): Promise<Evidence> {
    const { partialFailures, errors, timeouts } = this.trigger.stats();
    return {
      servers: fleet.books(),
      filter: this.filter.book,
      failedInvocations: partialFailures + errors + timeouts,
      inEvents: copiesIn(this.kinesis, STREAMS.events),
      inPremium: copiesIn(this.kinesis, STREAMS.premium),
      files: await readFiles(this.#bucket),
    };
  }

  async close(): Promise<void> {
    await this.trigger.close();
    await this.#producer.close();
    await this.delivery.close();
    this.client.destroy();
    await this.kinesis.close();
    this.#bucket.close();
  }
}
