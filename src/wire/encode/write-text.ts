/** Writes text of one byte a character; the Buffer must have room for it. */
type WriteAscii = (this: Buffer, text: string, at: number, bytes: number) => unknown;

/**
 * The function behind `write(…, "latin1")`, called without the choice of an encoding (`npm run bench micro -- "100 characters
 * of"`). Undocumented in Node.js; falls back to `write(…, "latin1")` where it is absent.
 *
 * @param prototype - of Buffer
 */
export function asciiWriter(prototype: { readonly latin1Write?: WriteAscii }): WriteAscii {
  return (
    prototype.latin1Write ??
    function writeLatin1(text, at, bytes) {
      this.write(text, at, bytes, "latin1");
    }
  );
}

const writeAscii = asciiWriter(Buffer.prototype as { readonly latin1Write?: WriteAscii });

/**
 * Writes text in UTF-8.
 *
 * @param bytes - its length in UTF-8; equal to the number of characters means ASCII
 * @returns the place behind it
 */
export function writeText(into: Buffer, text: string, at: number, bytes: number): number {
  if (bytes === text.length) writeAscii.call(into, text, at, bytes);
  else into.write(text, at, bytes);
  return at + bytes;
}
