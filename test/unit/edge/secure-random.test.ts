import { expect, test } from "vitest";

import { secureRandom } from "../../../src/edge/secure-random.js";

test("numbers are in [0, 1), and no two of a thousand are alike", () => {
  const numbers = Array.from({ length: 1_000 }, secureRandom);

  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers)).toBeLessThan(1);
  expect(new Set(numbers).size).toBe(1_000);
});
