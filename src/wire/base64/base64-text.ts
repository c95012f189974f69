/**
 * The bytes of a base64 text, padded or not; undefined when the text is not base64.
 *
 * Node skips characters that are no base64 digits, and decodes the rest to other bytes. Beyond Latin-1 it takes the low byte
 * of a character for a digit.
 */
export function bytesOfBase64(text: string): Uint8Array | undefined {
  const decoded = Buffer.from(text, "base64");
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  if (padding > 0 && text.length % 4 !== 0) return undefined;
  const digits = text.length - padding;
  if (Buffer.byteLength(text) !== text.length) return undefined;
  if (digits % 4 === 1 || decoded.length !== Math.floor((digits * 3) / 4)) return undefined;
  return new Uint8Array(decoded.buffer, decoded.byteOffset, decoded.byteLength);
}
