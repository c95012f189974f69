import { setTimeout as delay } from "node:timers/promises";
import { HTTP2_ERROR_CODES } from "../faults/http2-error-code.js";
import { bodyBytes, bodyThatComes } from "../service/reply-body.js";
import { contentTypeOf, replyPieces } from "../service/reply-pieces.js";
import type { ServiceReply } from "../service/service-call.js";
import { serviceIds } from "../service/service-ids.js";
import type { Exchange } from "./exchange.js";

/** Writes a reply with its faults on the wire. Resolves when all of it was handed over. */
export async function writeReply(exchange: Exchange, reply: ServiceReply): Promise<void> {
  const { events } = reply;
  if (events !== undefined) exchange.onceOver(() => events.cancel());
  await pause(reply.delayMs ?? 0);
  if (exchange.isOver) {
    events?.cancel();
    return;
  }
  if (reply.hang === true) return;
  const { goAway } = exchange.isHttp2 ? (reply.overHttp2 ?? {}) : {};
  if (goAway !== undefined) exchange.goAway(HTTP2_ERROR_CODES[goAway]);
  const breakOff = breakingOff(exchange, reply);
  if (breakOff !== undefined && reply.cut !== "mid-body") breakOff();
  else if (events === undefined && reply.slowBodyMs === undefined && breakOff === undefined) answer(exchange, reply);
  else await writePieces(exchange, reply, breakOff);
}

/** Breaks the answer off; undefined when it ends normally. */
function breakingOff(exchange: Exchange, { cut, overHttp2 }: ServiceReply): (() => void) | undefined {
  if (cut === undefined) return undefined;
  if (!exchange.isHttp2 || overHttp2 === undefined) return () => exchange.destroyConnection();
  const { resetStream } = overHttp2;
  return resetStream === undefined ? undefined : () => exchange.resetStream(HTTP2_ERROR_CODES[resetStream]);
}

function answer(exchange: Exchange, reply: ServiceReply): void {
  const bytes = bodyThatComes(reply);
  exchange.answer(reply.statusCode, headersOf(reply, bytes.length), bytes);
}

async function writePieces(exchange: Exchange, reply: ServiceReply, breakOff: (() => void) | undefined): Promise<void> {
  // For a body that is cut, the headers announce the whole length; for a truncated one, the shorter length.
  const promised = (): number => (breakOff === undefined ? bodyThatComes(reply) : bodyBytes(reply)).length;
  exchange.begin(reply.statusCode, headersOf(reply, reply.events === undefined ? promised() : undefined));
  for await (const piece of replyPieces(reply, pause)) {
    if (exchange.isOver || !(await exchange.write(piece))) return;
  }
  if (breakOff === undefined) exchange.end();
  else breakOff();
}

function headersOf(reply: ServiceReply, length: number | undefined): Record<string, string> {
  return {
    "content-type": contentTypeOf(reply),
    ...serviceIds(),
    ...(length === undefined ? {} : { "content-length": String(length) }),
    ...reply.headers,
  };
}

/** Neither `close` nor a closed socket waits for the end of these pauses. */
async function pause(ms: number): Promise<void> {
  if (ms > 0) await delay(ms, undefined, { ref: false });
}
