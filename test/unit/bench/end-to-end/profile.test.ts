import { expect, test } from "vitest";
import { kindOf, kindsOf, type Profile, topOf } from "../../../../bench/end-to-end/profile.mjs";

function profileOf(functions: readonly { name: string; file: string; us: number }[]): Profile {
  const nodes = functions.map(({ name, file }, id) => ({
    id,
    callFrame: { functionName: name, scriptId: "0", url: file, lineNumber: 0, columnNumber: 0 },
  }));
  return {
    nodes,
    startTime: 0,
    endTime: 0,
    samples: nodes.map(({ id }) => id),
    timeDeltas: functions.map(({ us }) => us),
  };
}

test("idle time is no part of the shares", () => {
  const profile = profileOf([
    { name: "(idle)", file: "", us: 900 },
    { name: "put", file: "file:///dist/pipeline/entry/intake.js", us: 75 },
    { name: "(garbage collector)", file: "", us: 25 },
  ]);

  expect(topOf(profile, 1)).toEqual([{ name: "put entry/intake.js:1", share: 0.75 }]);
  expect(kindsOf(profile)).toEqual([
    { name: "way in: check, room, lane", share: 0.75 },
    { name: "garbage collector", share: 0.25 },
  ]);
});

test.each([
  ["oneShotDigest", "SHA-256, MD5, base64, TLS, key to its shard"],
  ["wasm-function[0] wasm/6fc4496a:1", "SHA-256, MD5, base64, TLS, key to its shard"],
  ["#lookUp md5/key-hasher.js:70", "SHA-256, MD5, base64, TLS, key to its shard"],
  ["settleDelivered entry/settler.js:51", "promises and settlement"],
  ["runMicrotasks", "promises and settlement"],
  ["copyBytes wire/caller-bytes.js:37", "copy and tables of aggregates"],
  ["#add encode/aggregate-encoder.js:66", "copy and tables of aggregates"],
  ["accept stream/stream-pipeline.js:272", "way in: check, room, lane"],
  ["createUnsafeBuffer node:internal/buffer:1106", "requests and answers"],
  ["post node:inspector:115", "the caller and the profiler"],
  ["put end-to-end/drivers.mjs:23", "the caller and the profiler"],
  ["(program)", "other"],
])("%s is %s", (name, kind) => {
  expect(kindOf(name)).toBe(kind);
});
