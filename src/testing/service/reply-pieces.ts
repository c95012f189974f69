import { CONTENT_TYPES } from "../http/wire-protocol.js";
import type { EventStream } from "../operations/event-stream.js";
import { encodeEventMessage } from "./event-message.js";
import { bodyThatComes, piecesOf } from "./reply-body.js";
import type { ServiceReply } from "./service-call.js";

/** What the body of a reply is, unless its own headers say otherwise. */
export function contentTypeOf({ events }: ServiceReply): string {
  return events === undefined ? CONTENT_TYPES.json : "application/vnd.amazon.eventstream";
}

/**
 * The body of a reply as it comes, piece by piece: a whole one in pieces over its time, events as they happen. What is
 * cut or truncated stops in the middle, and it is the reader's to say what happens then.
 *
 * @param pause - waits, in the time of the layer
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

/** Of a stream that breaks off, the initial response comes, and half of the first event. */
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
