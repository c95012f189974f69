import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { expect, it, onTestFinished } from "vitest";
import { LOAD_OPTIONS, readLoadOptions } from "../../../../../src/cli/load/load-options.js";
import { commandLine, conditionsOf } from "../../../../../src/cli/load/report/conditions.js";
import type { LoadConditions, ReportData } from "../../../../../src/cli/load/report/report-data.js";
import { checkReportFile, pageOf, writeReport } from "../../../../../src/cli/load/report/report-file.js";
import { readOptions } from "../../../../../src/cli/option-table.js";

const TEMPLATE = '<pre><!--report-text--></pre><script type="application/json">"report-data-place"</script>';

function conditions(...args: string[]): LoadConditions {
  const values = readOptions(args, LOAD_OPTIONS);
  return conditionsOf(values, readLoadOptions(values, {}));
}

it("puts the data into the page so that no text of it ends the element", () => {
  const data = { conditions: { command: "</script><!-- $& $1" }, runs: [] } as unknown as ReportData;

  const page = pageOf(TEMPLATE, data, "a < b & c $1");

  expect(page).toContain("<pre>a &lt; b &amp; c $1</pre>");
  expect(page.match(/<\/script>/g)).toHaveLength(1);
  const json = /json">(.*)<\/script>/.exec(page)?.[1] ?? "";
  expect(JSON.parse(json)).toEqual(data);
});

it("refuses a file whose folder is not there, before the load", () => {
  expect(() => checkReportFile("/no/such/folder/load.html")).toThrow("--report cannot be written: ENOENT");
  expect(() => checkReportFile(tmpdir())).toThrow(`--report must be a file, got the directory ${tmpdir()}`);
  expect(() => checkReportFile(join(tmpdir(), "load.html"))).not.toThrow();
});

it("writes the page, and says why it cannot", () => {
  const folder = mkdtempSync(join(tmpdir(), "load-report-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));

  writeReport(join(folder, "a.html"), "page");

  expect(readFileSync(join(folder, "a.html"), "utf8")).toBe("page");
  expect(() => writeReport(folder, "page")).toThrow("--report cannot be written: Error: EISDIR");
});

it("repeats the command line in a form for a shell", () => {
  const values = readOptions(
    ["--limits", "--rate", "1..9", "--at", "2s split", "--at", "3s latency ms=5", "--lines", "it's"],
    LOAD_OPTIONS,
  );

  expect(commandLine(values)).toBe(
    String.raw`kinesis-producer load --rate 1..9 --lines 'it'\''s' --limits --at '2s split' --at '3s latency ms=5'`,
  );
});

it("never shows a password of the endpoint", () => {
  const { command, target } = conditions("--endpoint", "http://me:secret@127.0.0.1:4567", "--stream", "clicks");

  expect(command).toBe("kinesis-producer load --stream clicks --endpoint http://127.0.0.1:4567");
  expect(target).toBe("clicks at http://127.0.0.1:4567");
});

it("has the machine, the versions and the events", () => {
  const { version, node, cpus, memoryGib, cpu, target, durationSeconds, events, startedAt } = conditions(
    ...["--limits", "--duration", "1m", "--at", "10s..20s throttle", "--at", "5s split"],
  );

  expect(version).toMatch(/^\d+\.\d+\.\d+/);
  expect(node).toBe(process.versions.node);
  expect(cpus).toBeGreaterThan(0);
  expect(memoryGib).toBeGreaterThan(0);
  expect(cpu).not.toBe("");
  expect(new Date(startedAt).toISOString()).toBe(startedAt);
  expect(target).toBe("local Kinesis, with limits, no TLS, a separate process on this machine");
  expect(durationSeconds).toBe(60);
  expect(events).toEqual([
    { atSeconds: 5, text: "split" },
    { atSeconds: 10, untilSeconds: 20, text: "throttle" },
  ]);
});
