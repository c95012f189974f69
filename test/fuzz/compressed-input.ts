import * as zlib from "node:zlib";
import { brotliCompressSync, brotliDecompressSync, gzipSync } from "node:zlib";
import { loadLz4 } from "../../src/compression/lz4-codec.js";
import { HAS_ZSTD } from "../../src/compression/zlib-codecs.js";
import type { Codec } from "../../src/deaggregate/index.js";
import { type InnerRecord, messageOf, wrapped } from "../support/compressed-record.js";
import { aggregateOf } from "../support/proto-bytes.js";
import { Dice } from "./dice.js";
import { mutate, mutateBytes } from "./mutations.js";

/** A Kinesis record with a compressed aggregate, good or bad. */
export interface CompressedInput {
  readonly data: Buffer;
  /** The records inside, if nothing was changed. */
  readonly records: readonly InnerRecord[] | undefined;
  /** The option of the reader. */
  readonly maxDecompressedBytes: number;
  readonly codecs: readonly Pick<Codec, "name" | "decompress">[];
}

const KEYS = ["a", "user-17", "ключ", "__proto__", "", "a-key-of-more-than-twelve-bytes"];
const NAMES = ["gzip", "zstd", "lz4", "mine", "wild", "GZIP", "__proto__", "constructor", "a".repeat(17), "-", ""];
const NUMBERS = ["0", "1", "007", "-1", "4294967296", "9999999999", "1e3", "99999999999", "67108865", " "];

const lz4 = loadLz4();
const { zstdCompressSync } = zlib as { readonly zstdCompressSync?: (bytes: Uint8Array) => Buffer };

const COMPRESSORS: readonly (readonly [string, (bytes: Uint8Array) => Uint8Array])[] = [
  ["gzip", (bytes) => gzipSync(bytes, { level: 1 })],
  ["mine", (bytes) => brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } })],
  ...(lz4 === undefined ? [] : [["lz4", (bytes: Uint8Array) => lz4.compressFrameSync(bytes)] as const]),
  ...(HAS_ZSTD && zstdCompressSync !== undefined ? [["zstd", zstdCompressSync] as const] : []),
];

/** A codec of the caller that keeps its promises. */
const MINE: Pick<Codec, "name" | "decompress"> = {
  name: "mine",
  decompress: (bytes, maxBytes) => brotliDecompressSync(bytes, { maxOutputLength: Math.max(1, maxBytes) }),
};

/** Results of a codec of the caller that does not. */
const WILD: readonly ((bytes: Uint8Array, maxBytes: number) => unknown)[] = [
  () => undefined,
  () => null,
  () => "text",
  () => ({ length: 1 }),
  (_, maxBytes) => "x".repeat(Math.min(maxBytes, 1_000)),
  (_, maxBytes) => ({ length: maxBytes }),
  (bytes) => Promise.resolve(bytes),
  (_, maxBytes) => Buffer.alloc(Math.min(maxBytes, 100_000) + 1),
  (_, maxBytes) => Buffer.alloc(Math.min(maxBytes, 100_000)),
  (bytes) => bytes,
  () => {
    throw new Error("no");
  },
  () => {
    throw undefined;
  },
];

/** Bodies of a few kilobytes that open to megabytes. Made once. */
let bombs: readonly (readonly [codec: string, body: Uint8Array, bytes: number])[] | undefined;

function bombOf(dice: Dice): readonly [string, Uint8Array, number] {
  const part = messageOf([{ key: "", data: "" }]);
  const contents = [Buffer.alloc(4_000_000), Buffer.alloc(6_000_000, part.subarray(2)), Buffer.alloc(3_000_000, part)];
  bombs ??= contents.flatMap((content) =>
    COMPRESSORS.map(([codec, compress]) => [codec, compress(content), content.length] as const),
  );
  return dice.of(bombs);
}

function someRecords(dice: Dice): InnerRecord[] {
  return Array.from({ length: 1 + dice.below(12) }, () => ({
    key: dice.of(KEYS),
    data: dice.oneIn(2) ? dice.bytes(dice.below(30)) : Buffer.alloc(dice.below(400), `event ${dice.below(9)} `),
  }));
}

/** The Kinesis record of a seed and a number. A quarter of them is good; the others have one kind of fault, or two. */
export function compressedInput(seed: number, index: number): CompressedInput {
  const dice = new Dice(seed, index);
  const wild = dice.of(WILD) as Codec["decompress"];
  const codecs = dice.oneIn(8) ? [] : [MINE, { name: "wild", decompress: wild }];
  const reader = { maxDecompressedBytes: dice.of([0, 100, 5_000, 1 << 20, 1 << 26, 1 << 26, 1 << 26]), codecs };
  if (dice.oneIn(50)) {
    const [codec, body, bytes] = bombOf(dice);
    const claimed = dice.of([bytes, bytes, 1, 1_000, bytes - 1, 70_000_000]);
    return {
      ...reader,
      data: wrapped("k", body, `${codec} ${dice.of([1, 700_000, 1_000_000])} ${claimed}`),
      records: undefined,
    };
  }
  const records = someRecords(dice);
  const message = messageOf(records);
  const [codec, compress] = dice.of(COMPRESSORS);
  const tag = `${codec} ${records.length} ${message.length}`;
  if (dice.oneIn(4)) return { ...reader, data: wrapped("k", compress(message), tag), records };
  return { ...reader, data: spoilt(dice, message, codec, compress, tag), records: undefined };
}

function spoilt(
  dice: Dice,
  message: Buffer,
  codec: string,
  compress: (bytes: Uint8Array) => Uint8Array,
  tag: string,
): Buffer {
  let body: Buffer = Buffer.from(compress(message));
  switch (dice.below(7)) {
    case 0:
      for (let changes = 1 + dice.below(4); changes > 0; changes--) body = mutateBytes(body, dice);
      return wrapped("k", body, tag);
    case 1: {
      const other = Buffer.from(dice.of(COMPRESSORS)[1](messageOf(someRecords(dice))));
      const spliced = [body.subarray(0, dice.below(body.length + 1)), other.subarray(dice.below(other.length + 1))];
      return wrapped("k", Buffer.concat(dice.oneIn(2) ? spliced : [body, other]), tag);
    }
    case 2: {
      const parts = tag.split(" ");
      parts[dice.below(3)] = dice.of([...NAMES, ...NUMBERS]);
      return wrapped("k", body, parts.join(dice.of([" ", " ", "  ", "\u0000"])));
    }
    case 3: {
      const changed = mutate(message, dice);
      return wrapped("k", Buffer.from(compress(changed)), `${codec} ${tag.split(" ")[1]} ${changed.length}`);
    }
    case 4: {
      // An aggregate within an aggregate within an aggregate: only one is opened.
      const inner = wrapped("k", body, tag);
      const nested = inner.subarray(4, -16);
      return wrapped("k", Buffer.from(compress(nested)), `${codec} 1 ${nested.length}`);
    }
    case 5:
      return aggregateOf(mutate(Buffer.from(wrapped("k", body, tag).subarray(4, -16)), dice));
    default:
      return wrapped(
        "k",
        body,
        `wild ${dice.of([tag.split(" ")[1], "1"])} ${dice.of([message.length, 1, 1_000, 5_000])}`,
      );
  }
}
