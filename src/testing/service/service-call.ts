import type { Http2ErrorCode } from "../faults/http2-error-code.js";
import type { LocalAnswer } from "../http/local-answer.js";
import type { Protocol } from "../http/wire-protocol.js";
import type { JsonObject } from "../operations/operation.js";
import type { OperationName } from "../operations/operations.js";

/** One call of the API, whatever layer it came by. */
export interface ServiceCall {
  readonly operation: OperationName;
  /** As the JSON protocol has it, except that bytes may be bytes where they are base64 there. */
  readonly input: JsonObject;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** Of the signature; undefined where nothing is signed. */
  readonly accessKeyId?: string | undefined;
  /** When the client says it signed the request, milliseconds since the Unix epoch. */
  readonly signedAt?: number | undefined;
}

/** An answer as data, with what the wire does to it; each layer renders it in its own way. */
export interface ServiceReply extends LocalAnswer {
  /** How long after the call the answer begins. */
  readonly delayMs?: number;
  /** There is no answer, and the connection stays open. */
  readonly hang?: boolean;
  /** The connection dies instead of the answer, within its body, or was never made. */
  readonly cut?: "before-headers" | "mid-body" | "refused";
  /**
   * What happens over HTTP/2, instead of what `cut` says: the stream is reset in the connection's stead, or nothing is
   * cut where no stream is reset; with `goAway`, the connection takes no more streams and ends after those it has.
   */
  readonly overHttp2?: { readonly resetStream?: Http2ErrorCode; readonly goAway?: Http2ErrorCode };
  /** How events are written, of a reply that is a stream of them; in JSON unless it says otherwise. */
  readonly eventProtocol?: Protocol;
  /** Half of the body is all there is, and the headers say that it is whole. */
  readonly truncated?: boolean;
  /** How long the body takes, piece by piece. */
  readonly slowBodyMs?: number;
}
