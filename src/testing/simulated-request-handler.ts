import { Readable } from "node:stream";
import type { Clock } from "../core/ports.js";
import { answerOfError } from "./http/local-answer.js";
import { inProtocol, protocolOf, type RequestHeaders, UNKNOWN_PROTOCOL } from "./http/protocol.js";
import { isPutRecords, readKinesisCall } from "./http/read-call.js";
import type { Protocol } from "./http/wire-protocol.js";
import type { KinesisService } from "./service/kinesis-service.js";
import { bodyThatComes } from "./service/reply-body.js";
import { networkFailure } from "./service/reply-failure.js";
import { contentTypeOf, replyPieces } from "./service/reply-pieces.js";
import type { ServiceReply } from "./service/service-call.js";
import { serviceIds } from "./service/service-ids.js";

/** A request of the SDK, as far as it is read: the shape of Smithy's HttpRequest. */
export interface SimulatedRequest {
  readonly method: string;
  readonly headers: Record<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: the type of Smithy's own handler, so that this one can replace it
  readonly body?: any;
}

/** An answer for the SDK: the shape of Smithy's HttpResponse. */
export interface SimulatedResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array | Readable;
}

/** The SDK's options for one call. */
export interface SimulatedCallOptions {
  readonly abortSignal?: unknown;
  /** Milliseconds; none by default. */
  readonly requestTimeout?: number;
}

/** The used part of `AbortSignal`; the SDK has its own types for it. */
interface Aborting {
  readonly aborted: boolean;
  addEventListener?(type: "abort", listener: () => void): void;
}

/**
 * A `requestHandler` for the SDK's client without sockets: the shape of Smithy's HttpHandler. Network errors are those
 * of the SDK's handler for Node.
 */
export class SimulatedRequestHandler {
  readonly metadata: { readonly handlerProtocol: string } = { handlerProtocol: "http/1.1" };
  readonly #service: KinesisService;
  readonly #clock: Clock;

  constructor(service: KinesisService, clock: Clock) {
    this.#service = service;
    this.#clock = clock;
  }

  async handle(
    request: SimulatedRequest,
    { abortSignal, requestTimeout = 0 }: SimulatedCallOptions = {},
  ): Promise<{ response: SimulatedResponse }> {
    const signal = abortSignal as Aborting | undefined;
    if (signal?.aborted === true) throw abortError();
    const { oracle } = this.#service;
    oracle.callBegan();
    try {
      const reply = await this.#answer(request);
      try {
        await this.#untilHeaders(reply, signal, requestTimeout);
      } catch (error) {
        reply.events?.cancel();
        throw error;
      }
      return { response: this.#render(reply, signal) };
    } finally {
      oracle.callEnded();
    }
  }

  destroy(): void {}

  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }

  async #answer({ method, headers, body }: SimulatedRequest): Promise<ServiceReply> {
    const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    const protocol = protocolOf({ method, headers: lower });
    if (protocol === undefined) return UNKNOWN_PROTOCOL;
    return inProtocol(this.#run(lower, await collect(body), protocol), protocol);
  }

  #run(headers: RequestHeaders, body: Uint8Array, protocol: Protocol): ServiceReply {
    const now = this.#clock.epochNow();
    const counted = isPutRecords(headers) ? this.#service.countPuts(asBuffer(body), protocol, now) : undefined;
    if (counted !== undefined) return counted;
    try {
      const { operation, input, signature } = readKinesisCall(headers, body, protocol);
      return this.#service.answer({ operation, input, now, ...signature });
    } catch (error) {
      return answerOfError(error);
    }
  }

  /** Resolves when the headers of the answer arrive. Rejects when they never do, or when the call was aborted. */
  #untilHeaders(reply: ServiceReply, signal: Aborting | undefined, requestTimeout: number): Promise<void> {
    const delayMs = reply.hang === true ? Number.POSITIVE_INFINITY : (reply.delayMs ?? 0);
    if (delayMs === 0) return this.#arrive(reply);
    return new Promise((resolve, reject) => {
      signal?.addEventListener?.("abort", () => reject(abortError()));
      if (requestTimeout > 0 && requestTimeout < delayMs) {
        this.#clock.setTimer(requestTimeout, () => reject(networkError("TimeoutError")));
      } else if (delayMs !== Number.POSITIVE_INFINITY) {
        this.#clock.setTimer(delayMs, () => resolve(this.#arrive(reply)));
      }
    });
  }

  async #arrive({ cut }: ServiceReply): Promise<void> {
    if (cut === "refused") throw networkError("ECONNREFUSED");
    if (cut === "before-headers") throw networkError("ECONNRESET");
  }

  #render(reply: ServiceReply, signal: Aborting | undefined): SimulatedResponse {
    const { statusCode, events } = reply;
    const headers = { "content-type": contentTypeOf(reply), ...serviceIds() };
    if (events !== undefined) {
      const body = this.#bodyOf(reply);
      signal?.addEventListener?.("abort", () => body.destroy(abortError()));
      return { statusCode, headers: { ...headers, ...reply.headers }, body };
    }
    const bytes = bodyThatComes(reply);
    const isWhole = reply.cut === undefined && reply.slowBodyMs === undefined;
    return {
      statusCode,
      headers: { ...headers, "content-length": String(bytes.length), ...reply.headers },
      body: isWhole ? bytes : this.#bodyOf(reply),
    };
  }

  /** The body as a stream. A client that destroys it has left, so its call ends without the next event. */
  #bodyOf(reply: ServiceReply): Readable {
    const pieces = this.#pieces(reply);
    return new Readable({
      read() {
        pieces.next().then(
          ({ done, value }) => this.push(done === true ? null : value),
          (error: Error) => this.destroy(error),
        );
      },
      destroy(error, done) {
        reply.events?.cancel();
        done(error);
      },
    });
  }

  async *#pieces(reply: ServiceReply): AsyncGenerator<Uint8Array, void, undefined> {
    yield* replyPieces(reply, (ms) => this.#pause(ms));
    if (reply.cut !== undefined) throw networkError("ECONNRESET");
  }

  async #pause(ms: number): Promise<void> {
    if (ms <= 0) return;
    await new Promise<void>((resolve) => {
      this.#clock.setTimer(ms, resolve);
    });
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

async function collect(body: unknown): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body;
  if (typeof body === "string" || body === undefined) return Buffer.from(body ?? "");
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Named like those of the SDK's handler for Node: every end of a connection is a `TimeoutError` with a code. */
function networkError(code: "ECONNRESET" | "ECONNREFUSED" | "TimeoutError"): Error {
  const error = new Error(networkFailure(code).message);
  if (code !== "ECONNREFUSED") error.name = "TimeoutError";
  return code === "TimeoutError" ? error : Object.assign(error, { code });
}

function abortError(): Error {
  const error = new Error("Request aborted");
  error.name = "AbortError";
  return error;
}
