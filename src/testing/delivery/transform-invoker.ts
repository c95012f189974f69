import { randomUUID } from "node:crypto";
import { type BackoffLimits, backoffMs } from "../../core/pacing/retry-policy.js";
import { type DeliveryClock, pause, TooLateError, within } from "../patient.js";
import type { TransformSettings } from "./resolve-delivery-options.js";
import {
  FUNCTION_ERROR,
  FUNCTION_TIMED_OUT,
  failed,
  REQUEST_TOO_LARGE,
  type RecordFailure,
  type TransformVerdict,
  verdictsOf,
} from "./transform-answer.js";
import type { TransformBatch } from "./transform-batches.js";
import { type EventFacts, eventText, MAX_PAYLOAD_BYTES } from "./transform-event.js";

/** The longest invocation. Source: "Transform source data in Amazon Data Firehose", Data Firehose Developer Guide. */
const INVOCATION_LIMIT_MS = 300_000;

/** Pauses between invocations. Firehose documents none; published error files show some seconds. */
const BACKOFF: BackoffLimits = { baseMs: 1_000, maxMs: 10_000, drawnPart: 0.5 };

/** The results of a batch. */
export interface Invocation {
  /** In the order of the batch. */
  readonly verdicts: readonly TransformVerdict[];
  /** Invocations that were made. */
  readonly attempts: number;
}

/** The world of an invoker. */
export interface InvokerPorts {
  readonly clock: DeliveryClock;
  readonly random: () => number;
  /** Aborted when nobody waits for results any more; `invoke` rejects then. */
  readonly ended: AbortSignal;
  onFailure(error: unknown, attempt: number): void;
}

/** The second argument of a Lambda function, as far as a transform may need it. */
interface InvocationContext {
  readonly awsRequestId: string;
  readonly functionName: string;
  readonly invokedFunctionArn: string;
  getRemainingTimeInMillis(): number;
}

/** Invokes the function of a transformation as Lambda does: JSON in, JSON out, and again after a failure. */
export class TransformInvoker {
  readonly #settings: TransformSettings;
  readonly #facts: EventFacts;
  readonly #ports: InvokerPorts;
  invocations = 0;

  constructor(settings: TransformSettings, facts: EventFacts, ports: InvokerPorts) {
    this.#settings = settings;
    this.#facts = facts;
    this.#ports = ports;
  }

  /** @throws the reason of the end, if it comes first */
  async invoke(batch: TransformBatch): Promise<Invocation> {
    const { clock, random, ended, onFailure } = this.#ports;
    for (let attempts = 1; ; attempts++) {
      const id = randomUUID();
      const event = eventText(this.#facts, id, batch.texts);
      if (Buffer.byteLength(event) > MAX_PAYLOAD_BYTES) return all(batch, REQUEST_TOO_LARGE, 0);
      this.invocations++;
      try {
        const limits = { what: "the transform", limitMs: INVOCATION_LIMIT_MS, clock, ended };
        const answer = await within(() => this.#run(event, id), limits);
        return {
          verdicts: verdictsOf(
            batch.records.map(({ recordId }) => recordId),
            answer,
          ),
          attempts,
        };
      } catch (error) {
        ended.throwIfAborted();
        onFailure(error, attempts);
        if (attempts > this.#settings.numberOfRetries) {
          return all(batch, error instanceof TooLateError ? FUNCTION_TIMED_OUT : FUNCTION_ERROR, attempts);
        }
      }
      await pause(clock, backoffMs(BACKOFF, attempts, random), ended).over;
    }
  }

  /** @returns the function's result, as its JSON says it */
  async #run(event: string, awsRequestId: string): Promise<unknown> {
    const { handler, lambdaArn } = this.#settings;
    const { clock } = this.#ports;
    const endsAt = clock.now() + INVOCATION_LIMIT_MS;
    const context: InvocationContext = {
      awsRequestId,
      functionName: lambdaArn.split(":")[6] ?? lambdaArn,
      invokedFunctionArn: lambdaArn,
      getRemainingTimeInMillis: () => Math.max(0, endsAt - clock.now()),
    };
    const result: unknown = await handler(JSON.parse(event), context as never, undefined as never);
    const text = JSON.stringify(result) ?? "null";
    const bytes = Buffer.byteLength(text);
    if (bytes > MAX_PAYLOAD_BYTES) {
      throw new RangeError(`the transform must return at most ${MAX_PAYLOAD_BYTES} bytes of JSON, got ${bytes}`);
    }
    return JSON.parse(text);
  }
}

function all({ records }: TransformBatch, failure: RecordFailure, attempts: number): Invocation {
  return { verdicts: records.map(() => failed(failure)), attempts };
}
