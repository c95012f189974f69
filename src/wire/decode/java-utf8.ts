/**
 * UTF-8 of `bytes[start, end)` as Java decodes it, bad parts as U+FFFD. The hash key belongs to the decoded text, so a
 * reader that decodes differently would put the record on another shard than the KCL.
 *
 * Java and the WHATWG decoder of Node differ in one thing: an encoded surrogate (ED A0..BF, and the byte that continues
 * it) is one bad part to Java, and two or three to Node.
 */
export function decodeUtf8(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString("utf8", start, end);
  if (!text.includes("\uFFFD")) return text;
  const copy = Buffer.from(bytes.subarray(start, end));
  return replaceSurrogates(copy) ? copy.toString("utf8") : text;
}

/** Turns encoded surrogates into bytes that are one bad part to Node, in place; false when there are none. */
function replaceSurrogates(bytes: Buffer): boolean {
  let found = false;
  for (let i = 0; i + 1 < bytes.length; i++) {
    if (bytes[i] !== 0xed || (bytes[i + 1] as number) < 0xa0 || (bytes[i + 1] as number) > 0xbf) continue;
    found = true;
    if (((bytes[i + 2] ?? 0) & 0xc0) === 0x80) {
      // U+FFFD itself.
      bytes[i] = 0xef;
      bytes[i + 1] = 0xbf;
      bytes[i + 2] = 0xbd;
    } else {
      // The start of another character, cut short in the same way.
      bytes[i] = 0xe2;
    }
  }
  return found;
}
