import { randomUUID } from "node:crypto";
import type { Clock } from "../../core/ports.js";
import { thrownText } from "../../wording/shown-error.js";
import type { LambdaKinesisEvent } from "./lambda-event.js";
import { turnOf } from "./serial-handlers.js";

/** The callback of a function in callback style. */
export type LambdaCallback = (error?: Error | string | null, result?: unknown) => void;

/** The second argument of a Lambda function for Node.js. */
export interface LambdaContext {
  callbackWaitsForEmptyEventLoop: boolean;
  functionName: string;
  functionVersion: string;
  invokedFunctionArn: string;
  memoryLimitInMB: string;
  awsRequestId: string;
  logGroupName: string;
  logStreamName: string;
  getRemainingTimeInMillis(): number;
  done(error?: Error, result?: unknown): void;
  fail(error: Error | string): void;
  succeed(result?: unknown): void;
}

/**
 * A Lambda function for Node.js: it returns its answer or a promise, or, with three parameters, calls the third one.
 */
export type LambdaHandler = (event: LambdaKinesisEvent, context: LambdaContext, callback: LambdaCallback) => unknown;

/** One invocation, as it ended. */
export interface InvocationReport {
  readonly shardId: string;
  /** Number of records in the event. */
  readonly records: number;
  /** 1 for the first invocation of these records. */
  readonly attempt: number;
  readonly durationMs: number;
  /** `partial`: the answer named failed records. */
  readonly outcome: "success" | "partial" | "error" | "timeout";
  /** The reason of an error or a time-out. */
  readonly reason?: string;
  /** Whether it was the last one of a tumbling window. */
  readonly isFinal: boolean;
}

/** How a function ended: with its answer as JSON has it, or not; `unmade` when its turn had not come. */
export type FunctionResult =
  | { readonly kind: "answered"; readonly response: unknown }
  | { readonly kind: "error" | "timeout" | "unmade"; readonly reason: string };

/** A function, and the facts in its context. */
export class LambdaFunction {
  readonly arn: string;
  readonly #handler: LambdaHandler;
  readonly #name: string;
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #closed: Promise<void>;
  #close: () => void = () => {};

  /** @param streamArn - gives region and account */
  constructor(
    {
      handler,
      functionName,
      timeoutMs,
      clock,
    }: {
      readonly handler: LambdaHandler;
      readonly functionName: string;
      readonly timeoutMs: number;
      readonly clock: Clock;
    },
    streamArn: string,
  ) {
    const [, , , region = "", accountId = ""] = streamArn.split(":");
    this.arn = `arn:aws:lambda:${region}:${accountId}:function:${functionName}`;
    this.#handler = handler;
    this.#name = functionName;
    this.#timeoutMs = timeoutMs;
    this.#clock = clock;
    this.#closed = new Promise((resolve) => {
      this.#close = resolve;
    });
  }

  /** Makes no further invocation: those that wait for their turn end now. */
  close(): void {
    this.#close();
  }

  /**
   * Runs the function. Never rejects. The answer of a function that is too late is ignored. The time limit of a function
   * that takes one invocation at a time begins with its turn.
   */
  invoke(event: LambdaKinesisEvent, requestId: string = randomUUID()): Promise<FunctionResult> {
    const turn = turnOf(this.#handler);
    return turn === undefined ? this.#run(event, requestId, undefined) : this.#runInTurn(event, requestId, turn);
  }

  async #runInTurn(event: LambdaKinesisEvent, requestId: string, turn: Promise<() => void>): Promise<FunctionResult> {
    const endTurn = await Promise.race([turn, this.#closed]);
    if (endTurn !== undefined) return this.#run(event, requestId, endTurn);
    // Other triggers may have the same function.
    void turn.then((end) => end());
    return { kind: "unmade", reason: "the trigger was closed" };
  }

  #run(event: LambdaKinesisEvent, requestId: string, onEnd: (() => void) | undefined): Promise<FunctionResult> {
    return new Promise((resolve) => {
      const timer = this.#clock.setTimer(this.#timeoutMs, () => {
        end({ kind: "timeout", reason: `Task timed out after ${(this.#timeoutMs / 1_000).toFixed(2)} seconds` });
      });
      const end = (result: FunctionResult): void => {
        timer.cancel();
        resolve(result);
      };
      const callback: LambdaCallback = (error, result) => {
        end(error === undefined || error === null ? answered(result) : { kind: "error", reason: thrownText(error) });
      };
      this.#call(event, this.#contextOf(requestId, callback), callback, onEnd);
    });
  }

  /** @param onEnd - called when the function's promise is settled, also after the time limit */
  #call(
    event: LambdaKinesisEvent,
    context: LambdaContext,
    callback: LambdaCallback,
    onEnd: (() => void) | undefined,
  ): void {
    const fail = (error: unknown): void => callback(asError(error));
    try {
      const result = this.#handler(event, context, callback);
      // A function in callback style ends when it calls back, like a returned promise that settles.
      if (isThenable(result)) {
        void Promise.resolve(result)
          .then((value) => callback(null, value), fail)
          .then(onEnd);
        return;
      }
      if (this.#handler.length < 3) callback(null, result);
    } catch (error) {
      fail(error);
    }
  }

  #contextOf(awsRequestId: string, callback: LambdaCallback): LambdaContext {
    const endsAt = this.#clock.now() + this.#timeoutMs;
    return {
      callbackWaitsForEmptyEventLoop: true,
      functionName: this.#name,
      functionVersion: "$LATEST",
      invokedFunctionArn: this.arn,
      memoryLimitInMB: "128",
      awsRequestId,
      logGroupName: `/aws/lambda/${this.#name}`,
      logStreamName: `${new Date(this.#clock.epochNow()).toISOString().slice(0, 10).replaceAll("-", "/")}/[$LATEST]local`,
      getRemainingTimeInMillis: () => Math.max(0, Math.round(endsAt - this.#clock.now())),
      done: callback,
      fail: (error) => callback(error),
      succeed: (result) => callback(null, result),
    };
  }
}

/** The answer after its way through JSON, as Lambda sends it. */
function answered(result: unknown): FunctionResult {
  try {
    return { kind: "answered", response: JSON.parse(JSON.stringify(result) ?? "null") };
  } catch (error) {
    return { kind: "error", reason: `the answer cannot be sent as JSON: ${thrownText(error)}` };
  }
}

/** The error itself; for any other value an error with its text. */
function asError(thrown: unknown): Error {
  try {
    if (thrown instanceof Error) return thrown;
  } catch {
    // A revoked proxy has no prototype.
  }
  return new Error(thrownText(thrown));
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === "function";
}
