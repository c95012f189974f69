import { expect, test } from "vitest";

import { LineLimit } from "../../../../src/core/condition/line-limit.js";
import type { LogEntry, LogEvent } from "../../../../src/core/ports.js";

function limited() {
  const lines: LogEntry[] = [];
  const limit = new LineLimit((entry) => void lines.push(entry), "s");
  const tell = (event: LogEvent, now: number): void =>
    limit.tell({ level: "info", fields: { event }, message: event }, now);
  return { limit, lines, tell, events: () => lines.map(({ fields }) => fields.event) };
}

test("a line gets the name of the stream", () => {
  const { limit, lines } = limited();

  limit.tell({ level: "warn", fields: { event: "shard-throttled", shardId: "1" }, message: "text" }, 0);

  expect(lines).toEqual([
    { level: "warn", fields: { event: "shard-throttled", streamName: "s", shardId: "1" }, message: "text" },
  ]);
});

test("six lines of an event are written at once, and then one a minute; other events have their own six", () => {
  const { tell, events } = limited();

  for (let i = 0; i < 8; i++) tell("resharded", 0);
  tell("cannot-send", 0);
  tell("resharded", 59_999);
  tell("resharded", 60_000);
  tell("resharded", 60_001);
  tell("resharded", 120_000);

  expect(events()).toEqual([...Array(6).fill("resharded"), "cannot-send", "resharded", "resharded"]);
});

test("after six quiet minutes six lines are written at once again, and not more", () => {
  const { tell, lines } = limited();
  for (let i = 0; i < 6; i++) tell("resharded", 0);
  lines.length = 0;

  for (let i = 0; i < 9; i++) tell("resharded", 3_600_000);

  expect(lines).toHaveLength(6);
});

test("the summary counts the lines that were left out, by event, with the state of the stream", () => {
  const { limit, lines, tell } = limited();
  for (let i = 0; i < 9; i++) tell("cannot-send", 1_000);
  for (let i = 0; i < 7; i++) tell("sends-again", 21_000);
  lines.length = 0;

  expect(limit.nextAt).toBe(61_000);
  limit.summarize("sends", 61_000);

  expect(lines).toEqual([
    {
      level: "info",
      fields: { event: "lines-left-out", streamName: "s", lines: 4 },
      message: "4 lines were left out in 1 min (3 cannot-send, 1 sends-again); the stream sends now",
    },
  ]);
  expect(limit.nextAt).toBe(Number.POSITIVE_INFINITY);
  limit.summarize("sends", 90_000);
  expect(lines).toHaveLength(1);
});

test("an hour of flapping writes a bounded number of lines", () => {
  const { limit, lines, tell } = limited();

  for (let now = 0; now < 3_600_000; now += 100) {
    tell("cannot-send", now);
    tell("sends-again", now);
    if (now >= limit.nextAt) limit.summarize("sends", now);
  }

  // Six and one a minute for each of two events, and one summary a minute.
  expect(lines.length).toBeLessThanOrEqual(2 * (6 + 59) + 60);
  expect(lines.length).toBeGreaterThan(150);
});
