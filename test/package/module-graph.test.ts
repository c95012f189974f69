import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { producerParts, walkModuleGraph } from "./module-graph.js";

const root = new URL("../../", import.meta.url);

function readFromDisk(path: string): string | undefined {
  const url = new URL(path, root);
  return existsSync(url) ? readFileSync(url, "utf8") : undefined;
}

function readFrom(sources: Record<string, string>): (path: string) => string | undefined {
  return (path) => sources[path];
}

describe("the entry points of the format alone", () => {
  it.each(["src/aggregate/index.ts", "src/deaggregate/index.ts", "src/lambda/index.ts", "src/otel/index.ts"])(
    "%s loads neither the SDK nor the producer",
    (entry) => {
      const graph = walkModuleGraph(entry, readFromDisk);

      expect(producerParts(graph)).toEqual([]);
      expect(graph.files.length).toBeGreaterThan(1);
    },
  );
});

describe("the main entry point", () => {
  it("loads no package of the SDK at once", () => {
    const atOnce = walkModuleGraph("src/index.ts", readFromDisk, "at once");
    const all = walkModuleGraph("src/index.ts", readFromDisk);
    const sdkOf = ({ packages }: typeof all) => [...packages.keys()].filter((name) => /^@(aws-sdk|smithy)/.test(name));

    expect(sdkOf(atOnce)).toEqual([]);
    expect(sdkOf(all)).toContain("@aws-sdk/client-kinesis");
    // Only this file's import() leads to them.
    expect(atOnce.files).toContain("src/edge/lazy-sdk.ts");
    expect(atOnce.files).not.toContain("src/edge/sdk.ts");
  });
});

describe("the exporters", () => {
  it.each([
    ["src/prometheus/index.ts", []],
    ["src/cloudwatch/index.ts", []],
    ["src/otel/index.ts", ["@opentelemetry/api", "node:diagnostics_channel"]],
  ])("%s loads no package, and nothing of the producer", (entry, packages) => {
    const graph = walkModuleGraph(entry, readFromDisk);

    const folder = entry.replace("index.ts", "");
    const others = graph.files.filter((file) => !file.startsWith(folder) && !file.startsWith("src/exporting/"));
    expect(others.filter((file) => !file.startsWith("src/wording/"))).toEqual([
      "src/base-errors.ts",
      "src/stream-life.ts",
    ]);
    expect([...graph.packages.keys()]).toEqual(packages);
  });

  it.each(["src/index.ts", "src/lambda/index.ts"])("are not loaded by %s", (entry) => {
    const { files, packages } = walkModuleGraph(entry, readFromDisk);

    expect(files.filter((file) => /^src\/(exporting|prometheus|cloudwatch|otel)\//.test(file))).toEqual([]);
    expect([...packages.keys()].filter((name) => /opentelemetry|prom-client|cloudwatch/.test(name))).toEqual([]);
  });
});

describe("the spool", () => {
  it("is loaded by its own entry point alone", () => {
    for (const entry of ["src/index.ts", "src/deaggregate/index.ts", "src/testing/index.ts"]) {
      const { files } = walkModuleGraph(entry, readFromDisk);
      expect(files.filter((file) => /^src\/(core\/)?spool\//.test(file))).toEqual([]);
    }
    expect(walkModuleGraph("src/spool/index.ts", readFromDisk).files).toContain("src/core/spool/backlog.ts");
  });
});

describe("the walker", () => {
  it("finds the SDK behind several files", () => {
    const read = readFrom({
      "src/aggregate/index.ts": 'export { pack } from "../wire/pack.js";',
      "src/wire/pack.ts": 'import "../core/far.js";',
      "src/core/far.ts": 'import { KinesisClient } from "@aws-sdk/client-kinesis";',
    });

    const parts = producerParts(walkModuleGraph("src/aggregate/index.ts", read));

    expect(parts).toEqual(["@aws-sdk/client-kinesis from src/core/far.ts"]);
  });

  it.each([
    ["a re-export", 'export { send } from "../edge/send.js";', "src/edge/send.ts"],
    ["an import()", 'export const later = import("../pipeline/send.js");', "src/pipeline/send.ts"],
    ["a named type beside nothing", 'import { type Producer } from "../producer.js";', "src/producer.ts"],
    ["node:http", 'import { request } from "node:http";', "node:http from src/aggregate/index.ts"],
    ["node:https", 'import https from "node:https";', "node:https from src/aggregate/index.ts"],
    ["node:http2", 'import { connect } from "node:http2";', "node:http2 from src/aggregate/index.ts"],
    [
      "a smithy package",
      'import "@smithy/node-http-handler";',
      "@smithy/node-http-handler from src/aggregate/index.ts",
    ],
  ])("finds %s", (_form, text, found) => {
    const read = readFrom({
      "src/aggregate/index.ts": text,
      "src/edge/send.ts": "",
      "src/pipeline/send.ts": "",
      "src/producer.ts": "",
    });

    expect(producerParts(walkModuleGraph("src/aggregate/index.ts", read))).toEqual([found]);
  });

  it("leaves out an import() on request, and nothing else", () => {
    const read = readFrom({
      "src/a.ts": 'import "./b.js";\nexport const later = () => import("./c.js");',
      "src/b.ts": "",
      "src/c.ts": "",
    });

    expect(walkModuleGraph("src/a.ts", read, "at once").files).toEqual(["src/a.ts", "src/b.ts"]);
    expect(walkModuleGraph("src/a.ts", read).files).toEqual(["src/a.ts", "src/b.ts", "src/c.ts"]);
  });

  it("leaves out what the compiler erases", () => {
    const read = readFrom({
      "src/aggregate/index.ts":
        'import type { Producer } from "../producer.js";\nexport type { A } from "../edge/a.js";',
    });

    expect(walkModuleGraph("src/aggregate/index.ts", read).files).toEqual(["src/aggregate/index.ts"]);
  });

  it("ends on a cycle", () => {
    const read = readFrom({ "src/a.ts": 'import "./b.js";', "src/b.ts": 'import "./a.js";' });

    expect(walkModuleGraph("src/a.ts", read).files).toEqual(["src/a.ts", "src/b.ts"]);
  });

  it("refuses a graph with a hole", () => {
    const read = readFrom({ "src/a.ts": 'import "./gone.js";' });

    expect(() => walkModuleGraph("src/a.ts", read)).toThrow("src/gone.ts does not exist");
  });
});
