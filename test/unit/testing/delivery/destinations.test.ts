import { link, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { folderDestination, s3Destination } from "../../../../src/testing/index.js";

const signal = new AbortController().signal;
const body = Buffer.from("content");

describe("a folder as the destination", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "destination-"));
  });

  afterEach(() => rm(folder, { recursive: true }));

  test("has each file at the path of its key, whole or not at all", async () => {
    const destination = folderDestination(join(folder, "bucket"));

    await destination.put({ key: "a/b=c/file", body }, { signal });
    await link(join(folder, "bucket/a/b=c/file"), join(folder, "first"));
    await destination.put({ key: "a/b=c/file", body: Buffer.from("again") }, { signal });

    expect(await readFile(join(folder, "bucket/a/b=c/file"), "utf8")).toBe("again");
    // The second file took the name of the first one, and was not written into it.
    expect(await readFile(join(folder, "first"), "utf8")).toBe("content");
    expect(await readdir(join(folder, "bucket/a/b=c"))).toEqual(["file"]);
  });

  test("leaves no part of a file behind when the put is aborted", async () => {
    const destination = folderDestination(folder);

    await expect(destination.put({ key: "file", body }, { signal: AbortSignal.abort() })).rejects.toThrow();

    expect(await readdir(folder)).toEqual([]);
  });

  // Values of partition keys are from records: a key without a path would be tried again for ever.
  test.each([
    ["../file", "%2E%2E/file"],
    ["a/../../file", "a/%2E%2E/%2E%2E/file"],
    ["a/./file", "a/%2E/file"],
    ["a\0\0", "a%00%00"],
    ["..\\file", "..%5Cfile"],
    ["/a//file", "a/file"],
    ["a..b/.file", "a..b/.file"],
    [`${"x".repeat(250)}/file`, `${"x".repeat(250)}/file`],
    [`${"é".repeat(126)}/file`, `${"é".repeat(60)}/${"é".repeat(60)}/${"é".repeat(6)}/file`],
    [`a\n${"😀".repeat(63)}`, `a\n${"😀".repeat(58)}/${"😀".repeat(5)}`],
    [`${"x".repeat(250)}..`, [...Array(4).fill("x".repeat(60)), `${"x".repeat(10)}..`].join("/")],
    [`${"x".repeat(300)}..`, [...Array(5).fill("x".repeat(60)), "%2E%2E"].join("/")],
  ])("has a path in the folder for the key %j", async (key, path) => {
    const bucket = join(folder, "bucket");

    await folderDestination(bucket).put({ key, body }, { signal });

    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    expect(files).toEqual([join(bucket, path)]);
  });

  test("refuses a path that names no folder", () => {
    expect(() => folderDestination("")).toThrow('path must name a folder, got ""');
  });
});

describe("a bucket as the destination", () => {
  class PutObjectCommand {
    readonly input: object;

    constructor(input: object) {
      this.input = input;
    }
  }

  test("puts an object with the client that it is given", async () => {
    const send = vi.fn(async () => {});
    const destination = s3Destination({ client: { send }, PutObjectCommand, bucket: "clicks" });

    await destination.put({ key: "a/b", body }, { signal });
    await destination.put({ key: "a/c", body, contentEncoding: "gzip" }, { signal });

    const plain = { Bucket: "clicks", Key: "a/b", Body: body, ContentType: "application/octet-stream" };
    expect(send.mock.calls).toEqual([
      [new PutObjectCommand(plain), { abortSignal: signal }],
      [new PutObjectCommand({ ...plain, Key: "a/c", ContentEncoding: "gzip" }), { abortSignal: signal }],
    ]);
  });

  test.each([
    [{ client: {} }, "client must be an S3Client, got an object"],
    [{ PutObjectCommand: {} }, "PutObjectCommand must be the class of @aws-sdk/client-s3, got an object"],
    [{ bucket: "" }, 'bucket must be a name, got ""'],
  ])("refuses %o", (wrong, message) => {
    const right = { client: { send: async () => {} }, PutObjectCommand, bucket: "clicks" };
    expect(() => s3Destination({ ...right, ...wrong } as never)).toThrow(message);
  });
});
