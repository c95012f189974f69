import { describe, expect, it } from "vitest";
import { runSchedule } from "../support/spool-schedule.js";

const SCHEDULES = Number(process.env.KP_SPOOL_SCHEDULES ?? 300);
const FIRST_SEED = Number(process.env.KP_SPOOL_SEED ?? 1);

describe("a spool on a disk that loses what was not synced", () => {
  it("delivers every acknowledged record under its one id, in order, whatever happens in whatever order", async () => {
    let acknowledged = 0;
    let copies = 0;
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES; seed++) {
      const report = await runSchedule(seed).catch((error: Error) => {
        throw new Error(`seed ${seed}: ${error.message}`, { cause: error });
      });
      expect(report.problems, `seed ${seed}`).toEqual([]);
      acknowledged += report.acknowledged;
      copies += report.copies;
    }
    expect(acknowledged).toBeGreaterThan(SCHEDULES * 20);
    expect(copies).toBeGreaterThan(acknowledged);
  });
});
