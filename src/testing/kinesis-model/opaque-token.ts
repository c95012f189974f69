/** Writes an opaque token that the caller hands back: a shard iterator, or the token of the next page. */
export function writeToken(fields: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(fields)).toString("base64url");
}

/**
 * Reads a token back.
 *
 * @param shape - the type of each field
 * @returns the fields, or undefined when the text is not such a token
 */
export function readToken(
  token: string,
  shape: readonly ("string" | "number")[],
): readonly (string | number)[] | undefined {
  let fields: unknown;
  try {
    fields = JSON.parse(Buffer.from(token, "base64url").toString());
  } catch {
    return undefined;
  }
  if (!Array.isArray(fields) || fields.length !== shape.length) return undefined;
  return fields.every((field, index) => typeof field === shape[index]) ? fields : undefined;
}
