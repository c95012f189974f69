import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { readLambda } from "../../../../src/cli/local/lambda-options.js";
import { LOCAL_OPTIONS } from "../../../../src/cli/local/local-options.js";
import { readOptions } from "../../../../src/cli/option-table.js";
import { KinesisEndpoint } from "../../../support/kinesis-endpoint.js";
import { RecordedTerminal, runLine } from "../recorded-terminal.js";

const read = (...args: string[]): ReturnType<typeof readLambda> => readLambda(readOptions(args, LOCAL_OPTIONS));

/** A file with this text; its path. */
function fileOf(name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "kinesis-lambda-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const HANDLER = `
  let failures = 1;
  export const other = 1;
  export const handler = async ({ Records }) => {
    if (Records.some(({ kinesis }) => kinesis.partitionKey === "bad") && failures-- > 0) throw new Error("no");
  };
`;

it("reads a file, an export, or a URL", () => {
  expect(read()).toBeUndefined();
  expect(read("--lambda", "a.mjs")?.target).toEqual({ file: "a.mjs", exportName: "handler" });
  expect(read("--lambda", "dir/a.mjs:other")?.target).toEqual({ file: "dir/a.mjs", exportName: "other" });
  expect(read("--lambda", "http://127.0.0.1:9000/a")?.target).toEqual({ url: new URL("http://127.0.0.1:9000/a") });
});

it("reads the mapping from a file, with the names of AWS or of the trigger", () => {
  const mapping = {
    EventSourceArn: { "Fn::GetAtt": ["Stream", "Arn"] },
    FunctionName: { Ref: "Function" },
    Enabled: true,
    DestinationConfig: { OnFailure: { Destination: "arn:aws:sqs:us-east-1:000000000000:dead" } },
    BatchSize: 5,
    StartingPositionTimestamp: 1_541_139_109,
    FilterCriteria: { Filters: [{ Pattern: "{}" }] },
    bisectBatchOnFunctionError: true,
  };

  const choice = read("--lambda", "a.mjs", "--lambda-options", fileOf("m.json", JSON.stringify(mapping)));

  expect(choice?.mapping).toEqual({
    batchSize: 5,
    startingPositionTimestamp: new Date("2018-11-02T06:11:49Z"),
    filterCriteria: { filters: [{ pattern: "{}" }] },
    bisectBatchOnFunctionError: true,
  });
});

it.each<[string[], string]>([
  [["--lambda-batch-size", "5"], "--lambda-batch-size needs --lambda"],
  [["--lambda", "a.mjs", "--records", "count"], "--lambda reads the records, and --records count does not keep them"],
  [["--lambda", "a.mjs", "--lambda-batch-size", "0"], "--lambda-batch-size must be a whole number, 1 to 10000"],
  [["--lambda", "http://a b"], "--lambda must be a file or a URL"],
  [["--lambda", "a.mjs", "--lambda-options", "/no/file"], "--lambda-options cannot be read from /no/file: ENOENT"],
])("refuses %j", (args, message) => {
  expect(() => read(...args)).toThrow(message);
});

it.each<[string, string]>([
  ["[]", "--lambda-options must have a JSON object"],
  ['{"handler":"x"}', "--lambda-options may not set handler: the command sets it"],
])("refuses a file of options with %s", (text, message) => {
  expect(() => read("--lambda", "a.mjs", "--lambda-options", fileOf("m.json", text))).toThrow(message);
});

it("invokes the function, prints a line for each invocation, and sums up", async () => {
  const terminal = new RecordedTerminal();
  const ended = runLine(
    ["local", "--port", "0", "--json", "--stream", "clicks", "--lambda", fileOf("h.mjs", HANDLER)],
    terminal,
  );
  const { endpoint } = JSON.parse(await terminal.next());
  const kinesis = new KinesisEndpoint(endpoint);
  for (const line of ["good", "bad"].map((key) => ({ StreamName: "clicks", PartitionKey: key, Data: "eA==" }))) {
    await kinesis.must("PutRecord", line);
  }
  const invocations = (): { readonly outcome: string; readonly records: number }[] =>
    terminal.printed.slice(1).map((line) => JSON.parse(line).invocation);
  const handled = (): number =>
    invocations().reduce((sum, { outcome, records }) => sum + (outcome === "success" ? records : 0), 0);
  while (handled() < 2) await terminal.next();
  const lines = invocations();
  terminal.interrupt();
  const { status } = await ended;

  const summary = JSON.parse(terminal.printed.at(-1) ?? "");
  expect(status).toBe(0);
  expect(lines.filter(({ outcome }) => outcome === "error")).toHaveLength(1);
  expect(lines.find(({ outcome }) => outcome === "error")).toMatchObject({ reason: "Error: no", attempt: 1 });
  expect(summary.lambda).toMatchObject({ recordsHandled: 2, errors: 1, lastProcessingResult: "OK" });
});

it("prints text for people", async () => {
  const terminal = new RecordedTerminal();
  const always = fileOf("h.cjs", 'exports.fail = () => { throw new TypeError("no"); };');
  const options = fileOf("m.json", '{"MaximumRetryAttempts":0}');
  const ended = runLine(
    ["local", "--port", "0", "--stream", "clicks", "--lambda", `${always}:fail`, "--lambda-options", options],
    terminal,
  );
  const [, endpoint = ""] = /(http:\S+),/.exec(await terminal.next()) ?? [];
  await new KinesisEndpoint(endpoint).must("PutRecord", { StreamName: "clicks", PartitionKey: "k", Data: "eA==" });
  while (terminal.printed.length < 3) await terminal.next();
  terminal.interrupt();
  await ended;

  const [, invocation, given, , lambda] = terminal.printed;
  expect(invocation).toMatch(/^shardId-000000000000 {2}1 record {2}attempt 1 {2}\d+ ms {2}error: TypeError: no$/);
  expect(given).toMatch(/^shardId-000000000000 {2}1 record given up \(RetryAttemptsExhausted\), from \d{56} on$/);
  expect(lambda).toBe(
    "lambda: 1 invocation, 0 records handled, 0 filtered, 1 given up, last result PROBLEM: TypeError: no",
  );
});

it.each<[string[], number, RegExp]>([
  [["--stream", "a", "--lambda", "/no/h.mjs"], 1, /--lambda \/no\/h.mjs cannot be loaded: .*Cannot find module/],
  [["--lambda", "HANDLER"], 2, /--lambda needs a stream: --stream NAME/],
  [["--stream", "a", "--stream", "b", "--lambda", "HANDLER"], 2, /needs one stream of a, b: --lambda-stream NAME/],
  [["--stream", "a", "--lambda", "HANDLER", "--lambda-stream", "b"], 2, /--lambda-stream must be a, got "b"/],
  [["--stream", "a", "--lambda", "WEIRD"], 1, /--lambda .* cannot be loaded: an error that cannot be read/],
  [["--stream", "a", "--lambda", "DEFAULT"], 2, /has no function handler; its exports are default/],
  [["--stream", "a", "--lambda", "HANDLER:other"], 2, /has no function other; its exports are handler, other/],
  [
    ["--stream", "a", "--lambda", "HANDLER", "--lambda-options", "OPTIONS"],
    2,
    /--lambda-options: .* no option batchSise/,
  ],
])("ends at once for %j", async (args, status, message) => {
  const handler = fileOf("h.mjs", HANDLER);
  const options = fileOf("m.json", '{"batchSise":1}');
  const weird = fileOf("weird.mjs", "throw Object.create(null);");
  const main = fileOf("main.mjs", "export default () => {};");
  const files = { HANDLER: handler, OPTIONS: options, WEIRD: weird, DEFAULT: main };
  const put = (arg: string): string =>
    Object.entries(files).reduce((text, [name, file]) => text.replace(name, file), arg);
  const run = await runLine(["local", "--port", "0", ...args.map(put)]);

  expect(run.status).toBe(status);
  expect(run.err).toMatch(message);
});
