import type { Socket } from "node:net";

/** The first bytes of every HTTP/2 client. Source: RFC 9113, section 3.4. */
const HTTP2_PREFACE: Buffer = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** A version of HTTP that is spoken over a connection. */
export type HttpVersion = "http/1.1" | "http/2";

/**
 * Waits for the first bytes of a connection and reports their version of HTTP; the bytes are put back, unread. A
 * connection that ends earlier is destroyed: it has sent nothing, or half a preface.
 */
export function whenVersionKnown(socket: Socket, tell: (version: HttpVersion) => void): void {
  // The bytes are put back only at the end: each `unshift` would raise another "readable" event.
  let head: Buffer = Buffer.alloc(0);
  const decide = (version: HttpVersion): void => {
    socket.off("readable", read);
    socket.off("end", giveUp);
    socket.unshift(head);
    tell(version);
  };
  const giveUp = (): void => {
    socket.destroy();
  };
  const read = (): void => {
    for (let bytes = socket.read(); bytes !== null; bytes = socket.read()) {
      head = Buffer.concat([head, bytes]);
      const known = Math.min(head.length, HTTP2_PREFACE.length);
      const isPreface = head.compare(HTTP2_PREFACE, 0, known, 0, known) === 0;
      if (isPreface && known < HTTP2_PREFACE.length) continue;
      decide(isPreface ? "http/2" : "http/1.1");
      return;
    }
  };
  socket.on("readable", read);
  socket.on("end", giveUp);
}
