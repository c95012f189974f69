import { MAGIC } from "../../src/wire/aggregated-record.js";
import { SPECIFICATION } from "../support/kcl-specification/specification.js";
import { aggregateOf, hashKeys, keys, record } from "../support/proto-bytes.js";
import { Dice } from "./dice.js";
import { splitFields } from "./message-fields.js";
import { mutate, mutateBytes } from "./mutations.js";

const DIGEST_BYTES = 16;

/**
 * Messages of the specification's cases, good and bad, without those of 100,000 bytes: they would take most of the
 * time.
 */
const SPECIFIED: readonly Buffer[] = SPECIFICATION.flatMap(({ cases }) => cases)
  .filter(({ data }) => data.length > MAGIC.length + DIGEST_BYTES && data.length < 2_000)
  .map(({ data }) => Buffer.from(data.subarray(MAGIC.length, -DIGEST_BYTES)));

/** Keys that have caused trouble somewhere. */
const KEYS = ["a", "k", "10", "user-17", "__proto__", "ключ", "四", "\uFEFF", "", "a-key-of-more-than-twelve-bytes"];
const HASH_KEYS = ["0", "7", "007", "+5", "-1", "?", String(2n ** 128n - 1n), String(2n ** 128n)];

/** A message in the form of encoders. */
function goodMessage(dice: Dice): Buffer {
  const names = Array.from({ length: 1 + dice.below(4) }, () => dice.of(KEYS));
  const hashes = dice.oneIn(2) ? [] : [dice.of(HASH_KEYS), dice.of(HASH_KEYS)];
  const records = Array.from({ length: dice.below(8) }, () =>
    record(
      dice.below(names.length),
      dice.bytes(dice.below(20)),
      hashes.length === 0 || dice.oneIn(2) ? undefined : dice.below(2),
    ),
  );
  return Buffer.concat([keys(...names), hashKeys(...hashes), ...records]);
}

/**
 * The data of a Kinesis record that no producer meant to write: the same for the same seed and number.
 *
 * Mostly messages, good ones and those of the specification, with one to four changes and a right digest over them, for
 * a wrong one ends the reading; some with two messages mixed; some with the digest or the magic changed; some of random
 * bytes.
 */
export function fuzzInput(seed: number, index: number): Buffer {
  const dice = new Dice(seed, index);
  if (dice.oneIn(20)) return aggregateOf(dice.bytes(dice.below(100)));
  if (dice.oneIn(40)) return dice.bytes(dice.below(100));
  let message = startOf(dice);
  if (dice.oneIn(4)) {
    const others = splitFields(startOf(dice));
    message = Buffer.concat(
      splitFields(message).flatMap((field) => (dice.oneIn(3) ? [field, dice.of(others)] : field)),
    );
  }
  for (let changes = dice.below(5); changes > 0; changes--) message = mutate(message, dice);
  const whole = aggregateOf(message);
  return dice.oneIn(20) ? mutateBytes(whole, dice) : whole;
}

function startOf(dice: Dice): Buffer {
  return dice.oneIn(2) ? goodMessage(dice) : dice.of(SPECIFIED);
}
