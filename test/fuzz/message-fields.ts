/** The fields of a protobuf message as byte strings, including tag and length. A malformed rest is the last one. */
export function splitFields(message: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  let at = 0;
  while (at < message.length) {
    const end = fieldEnd(message, at);
    if (end === undefined) break;
    fields.push(message.subarray(at, end));
    at = end;
  }
  if (at < message.length) fields.push(message.subarray(at));
  return fields;
}

/** The start of the content of a length-delimited field. Undefined for any other field. */
export function contentStart(field: Buffer): number | undefined {
  const tag = readVarint(field, 0);
  if (tag === undefined || tag.value % 8 !== 2) return undefined;
  return readVarint(field, tag.end)?.end;
}

function fieldEnd(message: Buffer, start: number): number | undefined {
  const tag = readVarint(message, start);
  if (tag === undefined) return undefined;
  const end = valueEnd(message, tag.end, tag.value % 8);
  return end === undefined || end > message.length ? undefined : end;
}

function valueEnd(message: Buffer, at: number, wireType: number): number | undefined {
  if (wireType === 0) return readVarint(message, at)?.end;
  if (wireType === 1) return at + 8;
  if (wireType === 5) return at + 4;
  // The start and the end of a group are separate fields here, so that mutations can move them apart.
  if (wireType === 3 || wireType === 4) return at;
  const length = wireType === 2 ? readVarint(message, at) : undefined;
  return length === undefined ? undefined : length.end + length.value;
}

function readVarint(bytes: Buffer, start: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let at = start, scale = 1; at < bytes.length && at < start + 5; at++, scale *= 128) {
    const byte = bytes[at] as number;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, end: at + 1 };
  }
  return undefined;
}
