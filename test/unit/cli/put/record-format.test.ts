import { describe, expect, it } from "vitest";
import {
  linesAsData,
  linesAsJson,
  linesAsRecords,
  type ReadLine,
  type RecordFormat,
} from "../../../../src/cli/put/record-format.js";

const read = (format: RecordFormat, line: string): ReadLine => format(Buffer.from(line));
const byId = linesAsJson({ path: ["user", "id"] });
const whole = linesAsRecords(undefined);

it("a line as data is what it is, byte by byte", () => {
  const bytes = Buffer.from([0xff, 0x00, 0x20]);

  expect(linesAsData("k")(bytes)).toEqual({ partitionKey: "k", data: bytes });
  expect(read(linesAsData("k"), "")).toEqual({ partitionKey: "k", data: Buffer.alloc(0) });
});

it("a JSON object is sent as it stands, under the key in its field", () => {
  const line = ' {"user": {"id": "u-1"}, "n": 1.0} ';

  expect(read(byId, line)).toEqual({ partitionKey: "u-1", data: Buffer.from(line) });
  expect(read(byId, '{"user":{"id":42}}')).toMatchObject({ partitionKey: "42" });
  expect(read(linesAsJson({ partitionKey: "k" }), line)).toMatchObject({ partitionKey: "k" });
});

it.each([
  linesAsData(undefined),
  linesAsJson({ partitionKey: undefined }),
  (line: Buffer) => whole(Buffer.from(`{"data":${JSON.stringify(line.toString())}}`)),
])("without a key each record has a random one (%#)", (format) => {
  const keys = Array.from({ length: 100 }, () => {
    const record = read(format, "{}");
    return typeof record === "object" ? record.partitionKey : undefined;
  });

  expect(new Set(keys).size).toBe(100);
  expect(keys.every((key) => /^[0-9a-z]{1,8}$/.test(key ?? ""))).toBe(true);
});

it("a record is taken with its hash key", () => {
  expect(
    read(whole, '{"partitionKey":"k","explicitHashKey":"340282366920938463463374607431768211455","data":"ä"}'),
  ).toEqual({ partitionKey: "k", explicitHashKey: "340282366920938463463374607431768211455", data: "ä" });
  expect(read(linesAsRecords("d"), '{"data":""}')).toEqual({ partitionKey: "d", data: "" });
  expect(read(whole, '{"partitionKey":"k","data":"","tags":{"a":"1"},"recordId":"id"}')).toEqual({
    partitionKey: "k",
    data: "",
    tags: { a: "1" },
    recordId: "id",
  });
});

it.each([byId, whole])("a blank line among JSON is nothing (%#)", (format) => {
  expect([read(format, ""), read(format, " \t")]).toEqual([undefined, undefined]);
});

it.each<[RecordFormat, string, string]>([
  [byId, "{", "is not JSON: "],
  [byId, "[1]", "is not a JSON object"],
  [byId, "null", "is not a JSON object"],
  [byId, '"text"', "is not a JSON object"],
  [byId, "{}", "has no field user.id"],
  [byId, '{"user":"u"}', "has no field user.id"],
  [byId, '{"user":null}', "has no field user.id"],
  [byId, '{"user":{"id":""}}', 'its user.id must be a text or a whole number up to 2^53, got ""'],
  [byId, '{"user":{"id":1.5}}', "its user.id must be a text or a whole number up to 2^53, got 1.5"],
  [byId, '{"user":{"id":null}}', "its user.id must be"],
  [byId, '{"user":{"id":9007199254740993}}', "its user.id must be"],
  [linesAsJson({ path: ["constructor", "name"] }), "{}", "has no field constructor.name"],
  [whole, '{"partitonKey":"k","data":""}', 'has an unknown field "partitonKey"; did you mean partitionKey?'],
  [whole, '{"partitionKey":"k"}', "its data must be a text"],
  [whole, '{"partitionKey":1,"data":""}', "its partitionKey must be a text"],
  [whole, '{"partitionKey":"k","data":"","tags":["a"]}', "its tags must be an object of texts"],
  [whole, '{"partitionKey":"k","data":"","tags":{"a":1}}', "its tags must be an object of texts"],
  [whole, '{"partitionKey":"k","data":"","recordId":1}', "its recordId must be a text"],
  [whole, '{"partitionKey":"k","explicitHashKey":7,"data":""}', "its explicitHashKey must be a text of digits"],
])("%s %s is no record", (format, line, why) => {
  expect(read(format, line)).toContain(why);
});

describe("a line that is not UTF-8", () => {
  const torn = (text: string): Buffer => Buffer.from(text, "latin1");

  it.each<[RecordFormat, Buffer]>([
    [byId, torn('{"user":{"id":"\xff"}}')],
    [linesAsJson({ partitionKey: "k" }), torn('{"name":"M\xfcller"}')],
    [whole, torn('{"partitionKey":"k","data":"\xe4"}')],
    [whole, torn('{"partitionKey":"\xe4","data":""}')],
  ])("is no record, and nothing is sent in its place (%#)", (format, line) => {
    expect(format(line)).toBe("is not UTF-8");
  });

  it("is sent as it is where lines may be anything", () => {
    const line = torn("M\xfcller");

    expect(linesAsData("k")(line)).toEqual({ partitionKey: "k", data: line });
  });
});

describe("a byte-order mark", () => {
  it("is no part of a JSON line", () => {
    const line = '{"user":{"id":"u"}}';

    expect(read(byId, `\uFEFF${line}`)).toEqual({ partitionKey: "u", data: Buffer.from(line) });
    expect(read(whole, '\uFEFF{"partitionKey":"k","data":"d"}')).toEqual({ partitionKey: "k", data: "d" });
    expect(read(byId, "\uFEFF")).toBeUndefined();
  });

  it("is data where lines may be anything", () => {
    expect(read(linesAsData("k"), "\uFEFFx")).toEqual({ partitionKey: "k", data: Buffer.from("\uFEFFx") });
  });
});

it.each<[RecordFormat, string, string]>([
  [byId, '{"user":{"id":"\\ud800"}}', "its user.id has half of a surrogate pair"],
  [whole, '{"partitionKey":"k","data":"\\ud83d"}', "its data has half of a surrogate pair"],
  [whole, '{"partitionKey":"\\udc00","data":""}', "its partitionKey has half"],
  [whole, '{"partitionKey":"k","data":"","recordId":"\\udc00"}', "its recordId has half"],
  [whole, '{"partitionKey":"k","data":"","tags":{"a":"\\udc00"}}', "its a has half"],
])("%s %s names what UTF-8 cannot hold: nothing is sent in its place", (format, line, why) => {
  expect(read(format, line)).toContain(why);
});
