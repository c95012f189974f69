import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ClockConfig, learnServiceTime, signingDate } from "../../../src/edge/service-clock.js";

const NOW = Date.UTC(2026, 10, 26, 12);
const HOUR_MS = 3_600_000;

const inAnHour = new Date(NOW + HOUR_MS).toUTCString();

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
});

afterEach(() => vi.useRealTimers());

function configOf(isUncorrected = false, systemClockOffset = 0): ClockConfig {
  return { systemClockOffset, disableClockSkewCorrection: async () => isUncorrected };
}

describe("the service's time", () => {
  it("is learnt from an answer, for the signatures that follow", async () => {
    const config = configOf();

    await learnServiceTime(config, NOW, { date: inAnHour });

    expect(config.systemClockOffset).toBe(HOUR_MS);
    expect((await signingDate(config)).getTime()).toBe(NOW + HOUR_MS);
  });

  it("is forgotten when the clock is right again", async () => {
    const config = configOf(false, HOUR_MS);

    await learnServiceTime(config, NOW, { date: new Date(NOW).toUTCString() });

    expect(config.systemClockOffset).toBe(0);
  });

  it.each([
    ["has no date", {}, NOW],
    ["has a date that is none", { date: "yesterday" }, NOW],
    ["comes from a cache", { date: inAnHour, age: "17" }, NOW],
    ["was a quarter of an hour under way", { date: inAnHour }, NOW - 900_001],
  ])("is not learnt from an answer that %s", async (_, headers, sentAt) => {
    const config = configOf(false, 5);

    await learnServiceTime(config, sentAt, headers);

    expect(config.systemClockOffset).toBe(5);
  });

  it("is learnt from an answer that was just not too long under way", async () => {
    const config = configOf();

    await learnServiceTime(config, NOW - 900_000, { date: inAnHour });

    expect(config.systemClockOffset).toBe(HOUR_MS);
  });

  it("is neither learnt nor used where the configuration says so", async () => {
    const config = configOf(true, 7);

    await learnServiceTime(config, NOW, { date: inAnHour });

    expect(config.systemClockOffset).toBe(7);
    expect((await signingDate(config)).getTime()).toBe(NOW);
  });
});
