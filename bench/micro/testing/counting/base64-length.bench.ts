import { base64Length } from "../../../../src/testing/counting/base64-length.js";
import type { BenchCase } from "../../bench-case.js";

/** Texts that are measured in turn. */
const TEXTS = 100;

const SIZES = [100, 1024, 51_200];

const CHARACTERS = /[A-Za-z0-9+/]*={0,2}/y;

type Measure = (body: Buffer, start: number, end: number) => number;

const WAYS: readonly (readonly [name: string, measure: Measure])[] = [
  ["base64Length", (body, start, end) => base64Length(body, start, end) ?? 0],
  [
    "regular expression",
    (body, start, end) => {
      CHARACTERS.lastIndex = 0;
      CHARACTERS.test(body.toString("latin1", start, end));
      return CHARACTERS.lastIndex;
    },
  ],
  ["decoded", (body, start, end) => Buffer.from(body.toString("latin1", start, end), "base64").length],
];

export const cases: readonly BenchCase[] = SIZES.flatMap((size) =>
  WAYS.map(([way, measure]) => ({
    name: `base64-length, ${size} B: ${way}`,
    records: TEXTS,
    setUp: () => {
      const text = Buffer.alloc(size, "kinesis").toString("base64");
      const body = Buffer.from(text.repeat(TEXTS));
      return () => {
        let sum = 0;
        for (let at = 0; at < body.length; at += text.length) sum += measure(body, at, at + text.length);
        return sum;
      };
    },
  })),
);
