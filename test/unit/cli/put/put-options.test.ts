import { expect, it } from "vitest";
import type { RegionVariables } from "../../../../src/cli/client-options.js";
import { readOptions } from "../../../../src/cli/option-table.js";
import { PUT_OPTIONS, type PutOptions, readPutOptions } from "../../../../src/cli/put/put-options.js";
import { runLine } from "../recorded-terminal.js";

function read(args: readonly string[], environment: RegionVariables = {}): PutOptions {
  return readPutOptions(readOptions(args, PUT_OPTIONS, { value: "FILE", meaning: "" }), environment);
}

it("reads JSON objects from the standard input unless told otherwise, and leaves the rest to the producer", () => {
  expect(read(["--stream", "clicks"])).toEqual({
    source: { kind: "lines", files: [], format: expect.any(Function), skip: 0, keepsGzip: false },
    producer: { streamName: "clicks" },
    deadLetters: undefined,
    output: "text",
    wantsProgress: false,
  });
});

it("hands every option on", () => {
  const text =
    "--stream clicks --region eu-west-1 --endpoint http://127.0.0.1:4567 --partition-key k --aggregation reshard-safe --compression gzip";
  const more =
    "--ordering shard --record-ids --linger 5 --ttl infinity --skip 7 --no-gunzip --dead-letters d --progress --json a.ndjson - b.ndjson";

  expect(read(`${text} ${more}`.split(" "))).toMatchObject({
    source: { files: ["a.ndjson", "-", "b.ndjson"], skip: 7, keepsGzip: true },
    producer: {
      streamName: "clicks",
      region: "eu-west-1",
      endpoint: "http://127.0.0.1:4567",
      aggregation: "reshard-safe",
      compression: "gzip",
      ordering: "shard",
      recordIds: true,
      lingerMs: 5,
      recordTtlMs: Number.POSITIVE_INFINITY,
    },
    deadLetters: "d",
    output: "json",
    wantsProgress: true,
  });
  expect(read(["--stream", "c", "--aggregation", "off", "--ttl", "9s", "--linger", "0.2s"]).producer).toMatchObject({
    aggregation: false,
    recordTtlMs: 9_000,
    lingerMs: 200,
  });
});

it("needs no stream for a replay, and takes one for records that name none", () => {
  expect(read(["--replay", "d"])).toMatchObject({ source: { kind: "replay", directory: "d" }, producer: {} });
  expect(read(["--replay", "d", "--stream", "c"]).producer).toEqual({ streamName: "c" });
});

it("finds the region where the aws CLI does, and the SDK does not", () => {
  const both = { AWS_REGION: "eu-west-1", AWS_DEFAULT_REGION: "eu-west-2" };
  const region = (args: readonly string[], environment: RegionVariables): string | undefined =>
    read(["--stream", "c", ...args], environment).producer.region;

  expect(region([], { AWS_DEFAULT_REGION: "eu-west-2" })).toBe("eu-west-2");
  expect(region([], { AWS_DEFAULT_REGION: "" })).toBeUndefined();
  // The SDK finds the region itself.
  expect(region([], both)).toBeUndefined();
  expect(region(["--region", "eu-west-3"], both)).toBe("eu-west-3");
});

it.each<[string, string]>([
  ["", "--stream or --stream-arn is needed"],
  ["--stream a --stream-arn b", "--stream and --stream-arn exclude each other"],
  ["--stream a --lines --records", "--lines and --records exclude each other"],
  ["--stream a --lines --key k", "--key and --lines exclude each other"],
  ["--stream a --records --key k", "--key and --records exclude each other"],
  ["--stream a --partition-key x --key k", "--key and --partition-key exclude each other"],
  ["--stream a --json --quiet", "--json and --quiet exclude each other"],
  ["--stream a --progress --quiet", "--progress and --quiet exclude each other"],
  ["--stream a --key .b", '--key must be a field, or several separated by dots, got ".b"'],
  ["--stream a --partition-key=", "--partition-key must be 1 to 256 characters"],
  ["--stream a --ordering shard", "name one with --key or --partition-key"],
  ["--stream a --ordering strict", '--ordering must be none or shard, got "strict"'],
  ["--stream a --aggregation yes", '--aggregation must be on or off or reshard-safe, got "yes"'],
  ["--stream a --ttl soon", '--ttl must be a time like 200ms, 5s or 2m, 1ms to 7d, or infinity, got "soon"'],
  ["--stream a --linger 1.5", '--linger must be a time like 200ms, 5s or 2m, 0ms to 1h, got "1.5"'],
  ["--stream a --region a,b", "--region must be a region like us-east-1"],
  ["--stream a --endpoint 127.0.0.1:4567", "--endpoint must be a URL like http://127.0.0.1:4567"],
  ["--stream a --dead-letters=", '--dead-letters must be a directory, got ""'],
  ["--replay d --lines", "--replay and --lines exclude each other"],
  ["--replay d --partition-key k", "--replay and --partition-key exclude each other"],
  ["--replay d --dead-letters e", "--replay keeps failed records in its directory: leave out --dead-letters"],
  ["--replay d events.ndjson", "--replay reads its directory: leave out the files"],
  ["--stream a - b -", "- is the standard input, which can only be read once"],
  // Errors of the producer's own checks name the options of the command line.
  ["--stream a/b", '--stream must be a name of 1 to 128 letters, digits, underscores, dots or hyphens, got "a/b"'],
  ["--stream-arn x", "--stream-arn must be arn:aws:kinesis:<region>:<account>:stream/<name>"],
  ["--stream a --record-ids --aggregation off", "--record-ids cannot be combined with aggregation: false"],
  ["--stream a --compression gzip --aggregation off", "--compression cannot be combined with aggregation: false"],
  ["--stream a --compression brotli", '--compression must be gzip or zstd or lz4, got "brotli"'],
  ["--stream a --ttl 0", "--ttl must be a time like 200ms, 5s or 2m, 1ms to 7d, or infinity"],
  ["--stream a --linger 2h", "--linger must be a time like 200ms, 5s or 2m, 0ms to 1h"],
  ["--stream a --skip -1", '--skip must be a whole number of at least 0, got "-1"'],
  ["--replay d --skip 1", "--replay and --skip exclude each other"],
  ["--replay d --no-gunzip", "--replay and --no-gunzip exclude each other"],
])("%s is refused", async (line, message) => {
  const { status, out, err } = await runLine(["put", ...line.split(" ").filter((arg) => arg !== "")]);

  expect([status, out]).toEqual([2, ""]);
  expect(err).toContain(message);
  expect(err).toMatch(/\nkinesis-producer put --help lists the options$/);
});

it("reads the settings of a spool, and of files that are followed", () => {
  expect(read(["--stream", "c"]).spool).toBeUndefined();
  expect(read(["--stream", "c", "--spool", "d"]).spool).toEqual({
    directory: "d",
    maxBytes: undefined,
    durability: "disk",
    hasIds: true,
    flushTimeoutMs: Number.POSITIVE_INFINITY,
    follow: undefined,
  });
  const given = "--spool d --spool-max-bytes 2gb --durability os --no-record-ids --aggregation off --flush-timeout 5s";
  expect(read(["--stream", "c", ...given.split(" ")]).spool).toEqual({
    directory: "d",
    maxBytes: 2 * 1024 ** 3,
    durability: "os",
    hasIds: false,
    flushTimeoutMs: 5_000,
    follow: undefined,
  });
  expect(read(["--stream", "c", "--spool", "d", "--follow", "a.log"]).spool?.follow).toEqual({ intervalMs: 250 });
});

it.each([
  ["--follow a.log", "--follow needs --spool DIR: the positions of the files are kept there"],
  ["--durability os", "--durability is for --spool"],
  ["--spool d --poll-interval 1s", "--poll-interval is for --follow"],
  ["--spool d --ttl 5s", "--ttl cannot be used with --spool: a record stays in the spool until it is delivered"],
  ["--spool d --replay e", "--replay cannot be used with --spool: a replay reads its dead letters from a directory"],
  ["--spool d --record-ids", "--record-ids cannot be used with --spool: a spool gives every record an id"],
  ["--spool d --aggregation off", "--spool gives every record an id, which --aggregation off cannot carry"],
  ["--spool d --follow", "--follow needs files"],
  ["--spool d --follow -", "--follow needs files"],
  ["--spool d --follow a a", "a was given more than once"],
  ["--spool d --follow a --skip 2", "--skip cannot be used with --follow: the positions of the files are kept"],
  ["--spool d --follow a --no-gunzip", "--no-gunzip cannot be used with --follow"],
  ["--spool d --follow a --flush-timeout 2s", "--flush-timeout cannot be used with --follow: a file that is followed"],
])("refuses %s, with the reason", (text, message) => {
  expect(() => read(["--stream", "c", ...text.split(" ")])).toThrow(message);
});
