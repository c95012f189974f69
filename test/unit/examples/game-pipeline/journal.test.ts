import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { Journal, readJournal } from "../../../../examples/game-pipeline/journal.js";
import { gameEvent } from "./evidence-of-a-run.js";

let path: string;

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), "journal-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  path = join(folder, "server-1.ndjson");
});

it("has the events, and what became of them", () => {
  const journal = new Journal(path);
  const events = [0, 1, 2, 3].map((number) => gameEvent("server-1", number));

  journal.write({ put: events.slice(0, 3) });
  journal.write({ again: { ECONNRESET: [0, 1] } });
  journal.write({ delivered: [0, 1] });
  journal.write({ failed: { code: "KP_RECORD_EXPIRED", delivery: "none", numbers: [2] } });
  journal.write({ put: events.slice(3) });
  journal.close();

  expect(readJournal(path)).toEqual({
    events,
    delivered: new Set([0, 1]),
    again: new Map([
      [0, "ECONNRESET"],
      [1, "ECONNRESET"],
    ]),
    failed: new Map([[2, { code: "KP_RECORD_EXPIRED", delivery: "none" }]]),
  });
});

it("passes over the line that a killed process did not finish: its events were not put", () => {
  const journal = new Journal(path);
  journal.write({ put: [gameEvent("server-1", 0)] });
  journal.close();
  appendFileSync(path, JSON.stringify({ put: [gameEvent("server-1", 1)] }).slice(0, -1));

  expect(readJournal(path)).toMatchObject({ events: [{ id: "server-1/0" }], delivered: new Set() });
});
