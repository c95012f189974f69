import { Writable } from "node:stream";
import pino from "pino";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { LogEntry, LogFunction, Logger, LogLevel } from "../../../src/core/ports.js";
import { newLog } from "../../../src/edge/producer-log.js";
import { requestFailure } from "../../../src/testing/scripted-answers.js";
import { STREAM, virtualProducer } from "../../support/virtual-producer.js";

const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

let warned: string[];

beforeEach(() => {
  warned = [];
  vi.spyOn(process, "emitWarning").mockImplementation((text) => void warned.push(String(text)));
});

afterEach(() => {
  vi.restoreAllMocks();
});

function entry(level: LogLevel): LogEntry {
  return { level, fields: { event: "resharded", streamName: "s", shards: 2 }, message: level };
}

describe("a logger of the caller's own", () => {
  test("is an object with a method for each level, called on itself", () => {
    const lines: unknown[][] = [];
    class Own implements Logger {
      readonly #lines = lines;
      debug(...line: unknown[]): void {
        this.#lines.push(["debug", ...line]);
      }
      info(...line: unknown[]): void {
        this.#lines.push(["info", ...line]);
      }
      warn(...line: unknown[]): void {
        this.#lines.push(["warn", ...line]);
      }
      error(...line: unknown[]): void {
        this.#lines.push(["error", ...line]);
      }
    }

    const log = newLog(new Own());
    for (const level of LEVELS) log(entry(level));

    expect(lines).toEqual(LEVELS.map((level) => [level, entry(level).fields, level]));
  });

  test("with warn alone gets the errors too; the other levels are dropped", () => {
    const lines: string[] = [];

    const log = newLog({ warn: (_, message) => void lines.push(message) });
    for (const level of LEVELS) log(entry(level));

    expect(lines).toEqual(["warn", "error"]);
    expect(warned).toEqual([]);
  });

  test("is a function of level, fields and message", () => {
    const lines: unknown[][] = [];
    const logger: LogFunction = (...line) => void lines.push(line);

    newLog(logger)(entry("info"));

    expect(lines).toEqual([["info", entry("info").fields, "info"]]);
  });

  test("is console", () => {
    const printed = vi.spyOn(console, "info").mockImplementation(() => undefined);

    newLog(console)(entry("info"));

    expect(printed).toHaveBeenCalledWith(entry("info").fields, "info");
  });

  test.each<[string, LogFunction]>([
    [
      "throws",
      () => {
        throw new Error("disk full");
      },
    ],
    ["rejects", (() => Promise.reject(new Error("disk full"))) as LogFunction],
  ])("that %s causes one warning for each event, however many lines there are", async (_, logger) => {
    const log = newLog(logger);

    for (let i = 0; i < 1_000; i++) log(entry("info"));
    await new Promise(setImmediate);

    expect(warned).toEqual(["s: info (logger.info failed: disk full)"]);
  });
});

describe("the option logger", () => {
  test.each([
    ["an object without warn", {}],
    ["an object whose level is no method", { warn: () => undefined, error: "file.log" }],
    ["a text", "debug"],
    ["null", null],
    ["true", true],
  ])("cannot be %s", (_, logger) => {
    expect(() => virtualProducer({ logger: logger as unknown as Logger })).toThrow(
      /^logger must be a function, or an object with a warn method, as console and pino are, got /,
    );
  });
});

test("pino takes the lines as it is", async () => {
  const written: string[] = [];
  const destination = new Writable({
    write: (chunk: Buffer, _, done) => {
      written.push(String(chunk));
      done();
    },
  });
  const { clock, transport, put, start } = virtualProducer({ logger: pino({ level: "debug" }, destination) });
  await start();
  transport.always(requestFailure("AccessDeniedException", { message: "not authorized" }));
  put({ partitionKey: "secret-key", data: "secret-data" });
  await clock.advanceAsync(1_000);

  const lines = written.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines).toMatchObject([
    {
      level: 50,
      event: "cannot-send",
      streamName: STREAM,
      code: "AccessDeniedException",
      since: Date.UTC(2026, 0, 1) + 100,
      requestsFailed: 1,
      msg: "cannot send since 00:00:00Z: AccessDeniedException: not authorized (1 request failed)",
    },
    {
      level: 50,
      event: "records-failed",
      streamName: STREAM,
      code: "AccessDeniedException",
      recordsFailed: 1,
      msg: "1 record failed for good in the last minute, most often AccessDeniedException (1): not authorized",
    },
  ]);
  // The fields of a line replace none of pino's own.
  expect(lines.every(({ time, pid }) => typeof time === "number" && pid === process.pid)).toBe(true);
  expect(written.join("")).not.toContain("secret");
});
