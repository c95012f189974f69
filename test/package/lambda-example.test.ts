import { readFileSync } from "node:fs";
import type { Context, KinesisStreamBatchResponse, KinesisStreamEvent } from "aws-lambda";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { readmePrograms } from "../../scripts/readme-programs.mjs";
import { aggregate } from "../../src/aggregate/index.js";
import { DOCUMENTED_EVENT } from "../support/documented-event.js";
import { type Bundle, bundle, loadBundle } from "./lambda-bundle.js";

const EXAMPLE = "examples/lambda-consumer";

interface Handler {
  handler(event: KinesisStreamEvent, context: Context): Promise<KinesisStreamBatchResponse>;
}

/** Paths are relative to the root, where npm runs. */
function text(path: string): string {
  return readFileSync(path, "utf8");
}

/** Calls the handler, and returns the lines that it logged. */
async function call({ handler }: Handler, event: KinesisStreamEvent) {
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  const response = await handler(event, {} as Context);
  return { response, lines: log.mock.calls.map((parts) => parts.join(" ")) };
}

/** The documented event with its first record an aggregate of two. */
function aggregatedEvent(): KinesisStreamEvent {
  const users = ["x", "y"].map((data) => ({ partitionKey: "user", data }));
  const [packed] = [...aggregate(users)];
  const data = Buffer.from(packed?.data ?? []).toString("base64");
  const Records = DOCUMENTED_EVENT.Records.map((record, i) =>
    i === 0 ? { ...record, kinesis: { ...record.kinesis, data, partitionKey: "a" } } : record,
  );
  return { Records };
}

describe("the bundle of the example's handler", () => {
  it("has neither the SDK nor the producer in it, and needs nothing but Node.js", async () => {
    const { files, externals } = await bundle(`${EXAMPLE}/handler.mjs`);

    expect([...externals].sort()).toEqual(["node:crypto", "node:module", "node:zlib"]);
    const strangers = files.filter(
      (file) => !/^(examples|src\/(lambda|deaggregate|compression|wire|wording|core)|src\/[\w-]+\.ts$)/.test(file),
    );
    expect(strangers).toEqual([]);
    expect(files.filter((file) => /src\/(producer|options|index)\.ts|encoder|aggregator/.test(file))).toEqual([]);
  });

  it("is as small as docs/consumers.md says", async () => {
    const told = /is below (\d+) kB \((\d+) kB compressed\)/.exec(text("docs/consumers.md"));

    const { bytes, gzippedBytes } = await bundle(`${EXAMPLE}/handler.mjs`);

    for (const [size, kB] of [
      [bytes, Number(told?.[1])],
      [gzippedBytes, Number(told?.[2])],
    ] as const) {
      expect(size).toBeLessThanOrEqual(kB * 1000);
      expect(size, "the document says much more than it is").toBeGreaterThan(kB * 700);
    }
  });
});

describe.each(["handler", "powertools"])("the example's %s.mjs", (name) => {
  let made: Bundle;
  beforeAll(async () => {
    made = await bundle(`${EXAMPLE}/${name}.mjs`);
  });

  it("handles the event of Lambda's documentation", async () => {
    const { response, lines } = await call(await loadBundle<Handler>(made), DOCUMENTED_EVENT);

    expect(response).toEqual({ batchItemFailures: [] });
    expect(lines).toEqual([
      "49590338271490256608559692538361571095921575989136588898/0 1 Hello, this is a test.",
      "49590338271490256608559692540925702759324208523137515618/0 1 This is only a test.",
    ]);
  });

  it("handles the user records of an aggregate", async () => {
    const { response, lines } = await call(await loadBundle<Handler>(made), aggregatedEvent());

    expect(response).toEqual({ batchItemFailures: [] });
    // Without the long sequence number before it.
    expect(lines.map((line) => line.replace(/^\d+\//, ""))).toEqual([
      "0 user x",
      "1 user y",
      "0 1 This is only a test.",
    ]);
  });
});

describe("the example's template", () => {
  interface Resource {
    readonly Type: string;
    readonly Metadata?: { readonly BuildProperties: { readonly EntryPoints: readonly string[] } };
    readonly Properties?: {
      readonly Handler: string;
      readonly Events: { readonly Clicks: { readonly Type: string; readonly Properties: Record<string, unknown> } };
    };
  }
  const attributes: string[] = [];
  const getAttribute = (name: string): string => {
    attributes.push(name);
    return name;
  };
  const template = parse(text(`${EXAMPLE}/template.yaml`), {
    customTags: [{ tag: "!GetAtt", resolve: getAttribute }],
  }) as { readonly Resources: Readonly<Record<string, Resource>> };
  const { ClicksHandler } = template.Resources;

  it("names resources that it has", () => {
    expect(attributes).toEqual(["Clicks.Arn", "ClicksFailed.Arn"]);
    for (const name of attributes) expect(template.Resources).toHaveProperty(name.replace(".Arn", ""));
    expect(Object.values(template.Resources).map(({ Type }) => Type)).toEqual([
      "AWS::Kinesis::Stream",
      "AWS::Serverless::Function",
      "AWS::SQS::Queue",
    ]);
  });

  it("calls the handler that there is, built from its file", () => {
    expect(ClicksHandler?.Properties?.Handler).toBe("handler.handler");
    expect(ClicksHandler?.Metadata?.BuildProperties.EntryPoints).toEqual(["handler.mjs"]);
  });

  it("has Lambda listen to what the handler reports", () => {
    const mapping = ClicksHandler?.Properties?.Events.Clicks;

    expect(mapping?.Type).toBe("Kinesis");
    expect(mapping?.Properties).toMatchObject({
      Stream: "Clicks.Arn",
      StartingPosition: "TRIM_HORIZON",
      FunctionResponseTypes: ["ReportBatchItemFailures"],
    });
    // Above 1, aggregates and raw records of one key may be handled at the same time.
    expect(mapping?.Properties).not.toHaveProperty("ParallelizationFactor");
  });
});

describe("what the documents show", () => {
  it.each([
    ["README.md", "lambda-handler", "handler.mjs"],
    ["docs/consumers.md", "lambda-handler", "handler.mjs"],
    ["docs/consumers.md", "lambda-template", "template.yaml"],
    ["docs/consumers.md", "lambda-powertools", "powertools.mjs"],
  ])("%s has the example's %s as it is", (document, program, file) => {
    expect(readmePrograms(text(document)).get(program)).toBe(text(`${EXAMPLE}/${file}`));
  });
});
