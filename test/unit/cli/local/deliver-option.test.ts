import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { startDelivery } from "../../../../src/cli/local/deliver-option.js";
import { LocalKinesis } from "../../../../src/testing/index.js";
import { KinesisEndpoint } from "../../../support/kinesis-endpoint.js";
import { RecordedTerminal, runLine } from "../recorded-terminal.js";

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "deliver-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs `local` with `--deliver`, puts one record, and ends it. */
async function deliverTo(folder: string) {
  const terminal = new RecordedTerminal();
  const greeting = terminal.next();
  const running = runLine(["local", "--port=0", "--stream=clicks", "--json", "--deliver", folder], terminal);
  const kinesis = new KinesisEndpoint(JSON.parse(await greeting).endpoint);
  await kinesis.must("PutRecord", { StreamName: "clicks", PartitionKey: "a", Data: "eHl6" });
  terminal.interrupt();
  const { status, err } = await running;
  return { status, err, summary: JSON.parse(terminal.printed[1] ?? "") };
}

it("writes the records of the stream to files in the folder, the last ones at the end", async () => {
  const folder = newFolder();

  const { status, err, summary } = await deliverTo(folder);

  const [file = ""] = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) =>
    /clicks-1-/.test(path),
  );
  expect([status, err]).toEqual([0, ""]);
  expect(readFileSync(join(folder, file), "utf8")).toBe("xyz\n");
  expect(summary.delivered).toEqual({ records: 1, files: 1, unwritten: 0 });
});

it("sums up in text too, and has no line about files without the option", async () => {
  const [delivering, plain] = [
    await runLine(["local", "--port=0", "--stream=clicks", "--deliver", newFolder()]),
    await runLine(["local", "--port=0", "--stream=clicks"]),
  ];

  expect(delivering.out).toMatch(/\ndelivered: 0 records in 0 files$/);
  expect(plain.out).not.toContain("delivered");
});

it("says that a folder cannot be written, and what is missing", async () => {
  const file = join(newFolder(), "file");
  writeFileSync(file, "");
  await using kinesis = await LocalKinesis.start({ streams: { clicks: {} } });
  const warnings: string[] = [];
  let onWarning = (): void => {};
  const warned = new Promise<void>((resolve) => {
    onWarning = resolve;
  });
  const delivery = await startDelivery(kinesis, { folder: file, streamName: "clicks" }, (text) => {
    warnings.push(text);
    onWarning();
  });
  await new KinesisEndpoint(kinesis.endpoint).must("PutRecord", {
    StreamName: "clicks",
    PartitionKey: "a",
    Data: "eHl6",
  });

  await warned;
  const delivered = await delivery.end({ flushMs: 1, closeMs: 100 });

  expect(delivered).toEqual({ records: 0, files: 0, unwritten: 1 });
  expect(warnings).toEqual([
    expect.stringMatching(/^--deliver: the destination failed, and is tried again: Error: (ENOTDIR|EEXIST)/),
  ]);
});

it.each([
  [["--deliver", "out"], "--deliver needs exactly one --stream, got 0"],
  [["--deliver", "out", "--stream", "a", "--stream", "b"], "--deliver needs exactly one --stream, got 2"],
  [
    ["--deliver", "out", "--stream", "a", "--records", "count"],
    "--deliver reads the records, and --records count does not keep them: use only one of them",
  ],
])("refuses %j", async (args, message) => {
  const { status, err } = await runLine(["local", "--port=0", ...args]);

  expect(status).toBe(2);
  expect(err).toContain(message);
});
