import type { Http2ErrorCode } from "../faults/http2-error-code.js";
import type { LocalAnswer } from "../http/local-answer.js";
import type { Protocol } from "../http/wire-protocol.js";
import type { JsonObject } from "../operations/operation.js";
import type { OperationName } from "../operations/operations.js";

/** One call of the API, from any layer. */
export interface ServiceCall {
  readonly operation: OperationName;
  /** In the form of the JSON protocol, except that base64 may be plain bytes. */
  readonly input: JsonObject;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** The access key id of the signature; undefined without a signature. */
  readonly accessKeyId?: string | undefined;
  /** The time in the signature, milliseconds since the Unix epoch. */
  readonly signedAt?: number | undefined;
}

/** An answer as data, with its faults on the wire; each layer renders it. */
export interface ServiceReply extends LocalAnswer {
  /** Delay from the call to the start of the answer. */
  readonly delayMs?: number;
  /** There is no answer, and the connection stays open. */
  readonly hang?: boolean;
  /** The connection dies instead of the answer, within its body, or was never made. */
  readonly cut?: "before-headers" | "mid-body" | "refused";
  /**
   * The effect over HTTP/2 in place of `cut`: with `resetStream` the stream is reset and the connection stays; without
   * it nothing is cut. With `goAway` the connection takes no more streams, and ends after its open ones.
   */
  readonly overHttp2?: { readonly resetStream?: Http2ErrorCode; readonly goAway?: Http2ErrorCode };
  /** The protocol of events, for a reply that is a stream of events; JSON by default. */
  readonly eventProtocol?: Protocol;
  /** Only half of the body is sent, and the headers claim that it is complete. */
  readonly truncated?: boolean;
  /** How long the body takes, piece by piece. */
  readonly slowBodyMs?: number;
}
