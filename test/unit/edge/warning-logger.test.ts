import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LogEvent, LogLevel } from "../../../src/core/ports.js";
import { WarningLogger } from "../../../src/edge/warning-logger.js";

let warned: string[];

beforeEach(() => {
  warned = [];
  vi.spyOn(process, "emitWarning").mockImplementation((text) => void warned.push(String(text)));
});

afterEach(() => {
  vi.restoreAllMocks();
});

function entry(event: LogEvent, streamName: string | undefined, level: LogLevel = "warn", message = "text") {
  return { level, message, fields: streamName === undefined ? { event } : { event, streamName } };
}

test("each event of each stream is one warning of the process, with the stream's name", () => {
  const logger = new WarningLogger();

  for (const streamName of ["a", "b", undefined, "a"]) {
    logger.log(entry("cannot-send", streamName, "error"));
    logger.log(entry("records-failed", streamName, "error", "another"));
  }

  expect(warned).toEqual(["a: text", "a: another", "b: text", "b: another", "text", "another"]);
});

test("lines of the levels debug and info are no warnings", () => {
  const logger = new WarningLogger();

  logger.log(entry("resharded", "a", "info"));
  logger.log(entry("resharded", "a", "debug"));

  expect(warned).toEqual([]);
});

test("an event that concerns many streams has a warning for ten of them, and one that the others are left out", () => {
  const logger = new WarningLogger();

  for (let i = 0; i < 1_000; i++) logger.log(entry("cannot-send", `stream-${i}`, "error"));

  expect(warned).toHaveLength(11);
  expect(warned[9]).toBe("stream-9: text");
  expect(warned[10]).toBe("cannot-send: further streams are left out; set the option logger");
});

test("a line that the caller's logger did not take is a warning, whatever its level", () => {
  const logger = new WarningLogger();

  logger.logFailed(entry("resharded", "a", "info"), "disk full");

  expect(warned).toEqual(["a: text (logger.info failed: disk full)"]);
});
