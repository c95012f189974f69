import type { KinesisProducer } from "kinesis-producer";
import { kinesisHandler } from "kinesis-producer/lambda";
import type { LambdaHandler } from "kinesis-producer/testing";
import { eventOf } from "./game-event.js";
import { reasonOfCopies } from "./outcomes.js";

/** Records of one invocation that are handled at a time: their puts share requests. */
const CONCURRENCY = 1_000;

/** The account of the filter: in AWS these would be lines of its log. Ids with the number of times. */
export interface FilterBook {
  readonly dropped: ReadonlyMap<string, number>;
  readonly passed: ReadonlyMap<string, number>;
  /** Events that its producer sent more than once: the reasons, by id. */
  readonly again: ReadonlyMap<string, string>;
}

/**
 * The Lambda function: it drops events of players without premium, and puts the others into the second stream. It returns
 * when they are delivered; an event that is not fails its Kinesis record, and Lambda repeats the batch from there.
 */
export class PremiumFilter {
  readonly handler: LambdaHandler;
  readonly #dropped = new Map<string, number>();
  readonly #passed = new Map<string, number>();
  readonly #again = new Map<string, string>();
  #lagMs = 0;
  #handled = 0;

  /** @param onError - called for each event that fails */
  constructor(producer: KinesisProducer, onError: (error: unknown) => void) {
    this.handler = kinesisHandler(
      async ({ data }, { parent }) => {
        const event = eventOf(data);
        if (event.premium) {
          // Counted before the put: a put that fails may have stored the event.
          count(this.#passed, event.id);
          const result = await producer.put({ partitionKey: event.player, data });
          const reason = reasonOfCopies(result);
          if (reason !== undefined) this.#again.set(event.id, reason);
        } else {
          count(this.#dropped, event.id);
        }
        this.#handled++;
        this.#lagMs = Date.now() - Number(parent.kinesis.approximateArrivalTimestamp) * 1000;
      },
      { concurrency: CONCURRENCY, onError },
    );
  }

  get book(): FilterBook {
    return { dropped: this.#dropped, passed: this.#passed, again: this.#again };
  }

  /** Events that were handled, copies included. */
  get handled(): number {
    return this.#handled;
  }

  /** From the arrival of the last event in the stream until it was handled. */
  get lagMs(): number {
    return Math.max(0, this.#lagMs);
  }
}

function count(times: Map<string, number>, id: string): void {
  times.set(id, (times.get(id) ?? 0) + 1);
}
