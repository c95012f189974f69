import { createHash, hash } from "node:crypto";

import { md5Text } from "../../../../src/wire/md5/md5-text.js";
import type { BenchCase } from "../../bench-case.js";
import { keysOf } from "../../fixed-inputs.js";

const KEYS = 1_000;

const INPUTS: readonly (readonly [name: string, keys: () => readonly string[]])[] = [
  ["8 characters", () => keysOf(KEYS, 8)],
  ["36 characters", () => keysOf(KEYS, 36)],
  ["100 characters", () => keysOf(KEYS, 100)],
  ["12 characters beyond ASCII", () => keysOf(KEYS, 12).map((key) => `é${key.slice(1)}`)],
];

/** Hashes a key and returns a part of the hash. */
type KeyHash = (key: string) => number;

const words = new Uint32Array(4);

const WAYS: readonly (readonly [name: string, keyHash: KeyHash])[] = [
  [
    "md5Text",
    (key) => {
      md5Text(key, words);
      return words[0] as number;
    },
  ],
  ["node:crypto hash", (key) => hash("md5", key, "binary").charCodeAt(0)],
  ["node:crypto createHash", (key) => createHash("md5").update(key).digest()[0] as number],
];

export const cases: readonly BenchCase[] = INPUTS.flatMap(([input, makeKeys]) =>
  WAYS.map(([way, keyHash]) => ({
    name: `key-hash, ${input}: ${way}`,
    records: KEYS,
    setUp: () => {
      const keys = makeKeys();
      return () => {
        let sum = 0;
        for (const key of keys) sum = (sum + keyHash(key)) | 0;
        return sum;
      };
    },
  })),
);
