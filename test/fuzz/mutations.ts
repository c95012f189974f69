import { bytesField, group, nestedGroups, tag, varint, varintField } from "../support/proto-bytes.js";
import type { Dice } from "./dice.js";
import { contentStart, splitFields } from "./message-fields.js";

/** Numbers at which a reader of 32 or 64 bits may go wrong. */
const NUMBERS: readonly bigint[] = [
  ...[0n, 1n, 2n, 3n, 127n, 128n, 255n, 16_383n, 16_384n, 2n ** 21n - 1n, 2n ** 21n, 2n ** 28n, 2n ** 31n - 1n],
  ...[2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 32n + 1n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n, 2n ** 69n],
];

/** A change of the fields of a message, in place. */
type FieldChange = (fields: Buffer[], dice: Dice) => void;

const FIELD_CHANGES: readonly FieldChange[] = [
  function drop(fields, dice) {
    fields.splice(dice.below(fields.length), 1);
  },
  function repeat(fields, dice) {
    const at = dice.below(fields.length);
    const times = dice.of([1, 1, 2, 10, 100]);
    fields.splice(at, 0, ...new Array<Buffer>(times).fill(fields[at] as Buffer));
  },
  function swap(fields, dice) {
    const [a, b] = [dice.below(fields.length), dice.below(fields.length)];
    [fields[a], fields[b]] = [fields[b] as Buffer, fields[a] as Buffer];
  },
  function insert(fields, dice) {
    fields.splice(dice.below(fields.length + 1), 0, oddField(dice));
  },
  function lieAboutLength(fields, dice) {
    const at = dice.below(fields.length);
    const field = fields[at] as Buffer;
    const start = contentStart(field);
    if (start === undefined) return;
    const length = field.length - start;
    const told = dice.oneIn(2) ? BigInt(Math.max(0, length + dice.below(9) - 4)) : dice.of(NUMBERS);
    fields[at] = Buffer.concat([field.subarray(0, 1), varint(told, dice.of([1, 1, 5, 10, 11])), field.subarray(start)]);
  },
  function changeInside(fields, dice) {
    const at = dice.below(fields.length);
    const field = fields[at] as Buffer;
    const start = contentStart(field);
    if (start === undefined) return;
    const content = mutate(field.subarray(start), dice);
    fields[at] = Buffer.concat([field.subarray(0, 1), varint(content.length), content]);
  },
  function wrap(fields, dice) {
    const at = dice.below(fields.length);
    fields[at] = dice.oneIn(2)
      ? group(9, fields[at] as Buffer)
      : bytesField(dice.of([1, 2, 3, 4]), fields[at] as Buffer);
  },
];

/** A field that no encoder writes, whole or not. */
function oddField(dice: Dice): Buffer {
  switch (dice.below(7)) {
    case 0:
      return varintField(dice.of([1, 2, 3, 4, 5, 15, 16, 2 ** 29 - 1]), dice.of(NUMBERS), dice.of([1, 2, 5, 10, 11]));
    case 1:
      return tag(dice.below(20), dice.below(8));
    case 2:
      return nestedGroups(dice.of([1, 2, 99, 100, 101, 500]));
    case 3:
      return nestedGroups(200).subarray(0, dice.below(400));
    case 4:
      return bytesField(dice.of([1, 2, 3, 4]), dice.bytes(dice.below(12)));
    case 5:
      return Buffer.concat([tag(dice.of([1, 3, 9]), dice.of([1, 5])), dice.bytes(dice.of([3, 4, 8]))]);
    default:
      return dice.bytes(dice.below(6));
  }
}

/** A change that ignores fields. */
export function mutateBytes(bytes: Buffer, dice: Dice): Buffer {
  const at = dice.below(bytes.length + 1);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (dice.below(5)) {
    case 0:
      return Buffer.concat([before, after.map((byte, i) => (i === 0 ? byte ^ (1 << dice.below(8)) : byte))]);
    case 1:
      return Buffer.concat([before, dice.bytes(1 + dice.below(4)), after]);
    case 2:
      return Buffer.concat([before, after.subarray(1 + dice.below(8))]);
    case 3:
      return Buffer.from(before);
    default:
      return Buffer.concat([before, dice.bytes(1), after.subarray(1)]);
  }
}

/** The message with one change, most often of whole fields, at this level or in a nested message. */
export function mutate(message: Buffer, dice: Dice): Buffer {
  if (message.length === 0 || dice.oneIn(4)) return mutateBytes(message, dice);
  const fields = splitFields(message);
  dice.of(FIELD_CHANGES)(fields, dice);
  return Buffer.concat(fields);
}
