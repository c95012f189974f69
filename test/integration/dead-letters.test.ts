import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { type ReadDeadLettersOptions, readDeadLetters } from "../../src/index.js";
import { BUILD_TIMEOUT_MS, type BuiltPackage, buildPackage } from "./built-package.js";

let built: BuiltPackage;

beforeAll(async () => {
  built = await buildPackage("dead-letters");
}, BUILD_TIMEOUT_MS);

afterAll(() => built[Symbol.dispose]());

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "dead-letters-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** The data of all letters, as text. */
async function textsIn(directory: string, options: ReadDeadLettersOptions = {}): Promise<string[]> {
  const texts: string[] = [];
  for await (const { letters } of readDeadLetters(directory, options)) {
    for await (const { record } of letters) texts.push(Buffer.from(record.data).toString());
  }
  return texts;
}

/** A writer that keeps each line of its input. Its process id does not exist here, like one from another container. */
function startWriter(directory: string) {
  const program = `
    import { createInterface } from "node:readline";
    import { DeadLetterFile } from ${JSON.stringify(pathToFileURL(join(built.folder, "index.js")).href)};
    Object.defineProperty(process, "pid", { value: 999_999_999 });
    const file = new DeadLetterFile({ directory: process.argv[1] });
    for await (const data of createInterface({ input: process.stdin })) {
      file.onFailed({ code: "KP_RECORD_FAILED", message: "no", record: { partitionKey: "k", data }, delivery: "none" });
      await file.flush();
      console.log("kept");
    }`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program, directory], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const keep = async (data: string): Promise<void> => {
    child.stdin.write(`${data}\n`);
    await once(child.stdout, "data");
  };
  return { child, keep };
}

it("a segment whose writer lives in another container is left alone, and replayed when the writer was killed", async () => {
  const directory = folder();
  const leftOut: string[] = [];
  const { child, keep } = startWriter(directory);
  await keep("first");

  const whileAlive = await textsIn(directory, { onLeftOut: (path) => leftOut.push(path) });
  await keep("later");
  child.kill("SIGKILL");
  await once(child, "exit");
  const afterwards = await textsIn(directory);

  expect(whileAlive).toEqual([]);
  expect(leftOut).toEqual([expect.stringMatching(/-999999999-.*\.ndjson\.open$/)]);
  expect(afterwards).toEqual(["first", "later"]);
  expect(readdirSync(directory)).toEqual([expect.stringMatching(/ndjson\.open$/)]);
});

it("a segment of an earlier version is left alone while a process has its number", async () => {
  const directory = folder();
  const line = `${JSON.stringify({ v: 1, data: "YQ==" })}\n`;
  const names = [process.pid, 999_999_999].map((pid) => `dead-letters-000000000000001-${pid}-1.ndjson.open`);
  for (const name of names) writeFileSync(join(directory, name), line);
  const leftOut: string[] = [];

  const texts = await textsIn(directory, { onLeftOut: (path) => leftOut.push(path) });

  expect(texts).toEqual(["a"]);
  expect(leftOut).toEqual([join(directory, names[0] as string)]);
});

it("a segment with more bytes than the longest text gives all its letters", async () => {
  const directory = folder();
  const path = join(directory, "dead-letters-000000000000001-1-1.ndjson");
  writeFileSync(path, `${JSON.stringify({ v: 1, data: "YQ==" })}\n`);
  // A sparse file of zeros, as after a loss of power.
  truncateSync(path, 540_000_000);
  appendFileSync(path, `\n${JSON.stringify({ v: 1, data: "Yg==" })}\n`);

  expect(await textsIn(directory)).toEqual(["a", "b"]);
});
