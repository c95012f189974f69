import { describe, expect, test } from "vitest";
import { checkCompressed } from "../fuzz/check-compressed.js";
import { checkInput } from "../fuzz/check-input.js";
import { compressedInput } from "../fuzz/compressed-input.js";
import { fuzzInput } from "../fuzz/fuzz-input.js";
import { growthOf, isLinear } from "../fuzz/growth.js";
import { HOSTILE_SHAPES } from "../fuzz/hostile-shapes.js";

/** A run of seconds in place of the minutes of `npm run fuzz`. */
const INPUTS = 15_000;
const COMPRESSED = 5_000;
const SEED = 20_261_126;

describe("mutated records", () => {
  test(`${INPUTS} of them neither throw nor give out what is not there, and are quick and small`, () => {
    const counts = { opened: 0, plain: 0, nothing: 0 };

    for (let index = 0; index < INPUTS; index++) {
      try {
        counts[checkInput(fuzzInput(SEED, index), index)]++;
      } catch (cause) {
        throw new Error(`npm run fuzz -- --seed ${SEED} --at ${index}`, { cause });
      }
    }

    // The inputs are useful: each kind is frequent.
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(INPUTS / 20);
  });
});

describe("mutated compressed aggregates", () => {
  test(`${COMPRESSED} of them give the records inside, or an error that names the record, in every reader`, async () => {
    const counts = { opened: 0, unreadable: 0, untouched: 0 };

    for (let index = 0; index < COMPRESSED; index++) {
      try {
        counts[await checkCompressed(compressedInput(SEED, index), index)]++;
      } catch (cause) {
        throw new Error(`npm run fuzz -- --target compressed --seed ${SEED} --at ${index}`, { cause });
      }
    }

    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(COMPRESSED / 30);
  });
});

describe("the time for a hostile record grows with its size and no faster", () => {
  test.each(HOSTILE_SHAPES)("$name", (shape) => {
    const growth = growthOf(shape, 32 * 1024, 512 * 1024);

    expect(growth, "ns a byte of 32 KiB and of 512 KiB").toSatisfy(isLinear);
  });
});
