import type { LocalAnswer } from "../http/local-answer.js";
import { encodeBody } from "../http/wire-protocol.js";
import type { ServiceReply } from "./service-call.js";

/** All bytes of an answer's body; an object as JSON. */
export function bodyBytes({ body = "" }: LocalAnswer): Uint8Array {
  if (body instanceof Uint8Array) return body;
  return typeof body === "string" ? Buffer.from(body) : encodeBody(body, "json");
}

/** The bytes that are sent: fewer for an answer that is truncated or cut. */
export function bodyThatComes(reply: ServiceReply): Uint8Array {
  const bytes = bodyBytes(reply);
  const isHalf = reply.truncated === true || reply.cut === "mid-body";
  return isHalf ? bytes.subarray(0, Math.floor(bytes.length / 2)) : bytes;
}

/** Pieces of a slow body; the last one is sent at the end of its time. */
const SLOW_PIECES = 8;

/** Cuts a body into pieces. */
export function piecesOf(bytes: Uint8Array): Uint8Array[] {
  const size = Math.max(1, Math.ceil(bytes.length / SLOW_PIECES));
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
  return pieces;
}
