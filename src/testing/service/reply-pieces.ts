import { CONTENT_TYPES } from "../http/wire-protocol.js";
import type { EventStream } from "../operations/event-stream.js";
import { encodeEventMessage } from "./event-message.js";
import { bodyThatComes, piecesOf } from "./reply-body.js";
import type { ServiceReply } from "./service-call.js";

/** The content type of a reply whose headers have none. */
export function contentTypeOf({ events }: ServiceReply): string {
  return events === undefined ? CONTENT_TYPES.json : "application/vnd.amazon.eventstream";
}

/**
 * The body of a reply, piece by piece: a slow body over its time, events as they happen. A cut or truncated body stops
 * in the middle; the caller decides what follows.
 *
 * @param pause - waits, by the layer's time
 */
export async function* replyPieces(
  reply: ServiceReply,
  pause: (ms: number) => Promise<void>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { events, slowBodyMs = 0 } = reply;
  if (events !== undefined) {
    yield* eventPieces(events, reply, pause);
    return;
  }
  const pieces = piecesOf(bodyThatComes(reply));
  for (const piece of pieces) {
    await pause(slowBodyMs / pieces.length);
    yield piece;
  }
}

/** A stream that breaks off sends the initial response, and half of the first event. */
async function* eventPieces(
  events: EventStream,
  { slowBodyMs = 0, truncated, cut, eventProtocol = "json" }: ServiceReply,
  pause: (ms: number) => Promise<void>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const breaksOff = truncated === true || cut === "mid-body";
  for (let count = 0; ; count++) {
    const message = await events.next();
    if (message === undefined) return;
    if (count > 0) await pause(slowBodyMs);
    const bytes = encodeEventMessage(message, eventProtocol);
    if (breaksOff && count > 0) {
      events.cancel();
      yield bytes.subarray(0, Math.floor(bytes.length / 2));
      return;
    }
    yield bytes;
  }
}
