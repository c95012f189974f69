import { describe, expect, test } from "vitest";

import { AdaptiveRate } from "../../../../src/core/pacing/adaptive-rate.js";

/** A full aggregate, in seconds of a shard's ceiling. */
const AGGREGATE = 51_200 / 1_048_576;

interface Sent {
  readonly rate: AdaptiveRate;
  now: number;
}

/** Sends full aggregates as fast as the rate allows, always held back by it. */
function send(sent: Sent, ms: number, onSent: (now: number) => void = () => {}): void {
  const until = sent.now + ms;
  while (sent.now < until) {
    sent.now += (AGGREGATE / sent.rate.factor) * 1000;
    sent.rate.onTaken(AGGREGATE, true, sent.now);
    onSent(sent.now);
  }
}

function newSent(expires = false): Sent {
  return { rate: new AdaptiveRate(0, expires), now: 0 };
}

/** Brings a rate down to about this share of the ceiling, and then lets it be for half a minute. */
function fallenTo(share: number): Sent {
  const sent = newSent();
  while (sent.rate.factor > share) {
    send(sent, 1_100);
    sent.rate.onRefused(sent.now, sent.now);
  }
  send(sent, 30_000);
  return sent;
}

describe("an adaptive rate", () => {
  test("is the ceiling at first, and stays so while nothing is refused", () => {
    const sent = newSent();

    send(sent, 60_000);

    expect(sent.rate.factor).toBe(1);
  });

  test("takes back a hundredth of the ceiling for a lone refusal at the ceiling", () => {
    const sent = newSent();
    send(sent, 30_000);

    expect(sent.rate.onRefused(sent.now, sent.now + 20)).toBe(true);

    expect(sent.rate.factor).toBeCloseTo(0.99, 2);
  });

  test("takes back a twelfth or so of a small rate for a lone refusal", () => {
    const sent = fallenTo(0.05);
    const before = sent.rate.factor;

    sent.rate.onRefused(sent.now, sent.now + 20);

    expect(sent.rate.factor / before).toBeGreaterThan(0.85);
    expect(sent.rate.factor / before).toBeLessThan(0.95);
  });

  test("is lowered once by all refusals of an answer, and not by answers to requests in flight", () => {
    const sent = newSent();
    send(sent, 10_000);

    expect(sent.rate.onRefused(sent.now, sent.now + 20)).toBe(true);
    expect(sent.rate.onRefused(sent.now, sent.now + 20)).toBe(false);
    expect(sent.rate.onRefused(sent.now + 10, sent.now + 30)).toBe(false);
    expect(sent.rate.onRefused(sent.now + 10, sent.now + 1_500)).toBe(false);
    expect(sent.rate.onRefused(sent.now + 1_490, sent.now + 1_500)).toBe(true);
  });

  test("is lowered once a second at most: the service counts by the second", () => {
    const sent = newSent();
    send(sent, 10_000);
    sent.rate.onRefused(sent.now, sent.now);

    expect(sent.rate.onRefused(sent.now + 500, sent.now + 999)).toBe(false);
    expect(sent.rate.onRefused(sent.now + 600, sent.now + 1_000)).toBe(true);
  });

  test("falls within seconds when nine others start: nine in ten refused", () => {
    const sent = newSent();
    send(sent, 60_000);

    let count = 0;
    send(sent, 6_000, (now) => {
      if (count++ % 10 !== 0) sent.rate.onRefused(now, now);
    });

    expect(sent.rate.factor).toBeLessThan(0.1);
  });

  test("falls to what was used, where less was used than it allows", () => {
    const rate = new AdaptiveRate(0);
    for (let now = 0; now <= 60_000; now += 500) rate.onTaken(AGGREGATE, false, now);

    rate.onRefused(60_000, 60_020);

    expect(rate.factor).toBeGreaterThan(0.08);
    expect(rate.factor).toBeLessThan(2 * AGGREGATE);
  });

  test("does not rise while it is not used up", () => {
    const sent = fallenTo(0.1);
    const before = sent.rate.factor;

    for (let i = 1; i <= 1_000; i++) sent.rate.onTaken(AGGREGATE, false, sent.now + i * 1_000);

    expect(sent.rate.factor).toBe(before);
  });

  test("rises by little at first, so that few are refused where many share a shard", () => {
    const sent = fallenTo(0.1);
    const before = sent.rate.factor;

    send(sent, 20_000);

    expect(sent.rate.factor).toBeGreaterThan(before);
    expect(sent.rate.factor).toBeLessThan(before * 1.05);
  });

  test("climbs from a tenth to nine tenths within three minutes when the others have left", () => {
    const sent = fallenTo(0.1);

    send(sent, 180_000);

    expect(sent.rate.factor).toBeGreaterThan(0.9);
  });

  test("never falls below its floor, however much is refused", () => {
    const rate = new AdaptiveRate(0);
    for (let now = 0; now < 200_000; now += 1_000) {
      rate.onTaken(AGGREGATE, true, now);
      rate.onRefused(now, now);
    }

    expect(rate.factor).toBe(0.008);
  });

  test("is reset when nothing was sent for more than a minute", () => {
    const sent = fallenTo(0.05);

    sent.rate.onTaken(AGGREGATE, false, sent.now + 60_001);

    expect(sent.rate.factor).toBe(1);
  });

  test("is not reset by waits of seconds", () => {
    const sent = fallenTo(0.05);

    sent.rate.onTaken(AGGREGATE, false, sent.now + 10_000);

    expect(sent.rate.factor).toBeLessThan(0.1);
  });

  test("with two that share, the smaller catches up", () => {
    const [small, large] = [fallenTo(0.1), fallenTo(0.4)];
    const ratio = large.rate.factor / small.rate.factor;
    // The larger is refused as much oftener as it sends more.
    for (const sent of [small, large]) {
      let count = 0;
      send(sent, 600_000, (now) => {
        if (count++ % 100 === 99) sent.rate.onRefused(now, now);
      });
    }

    expect(large.rate.factor / small.rate.factor).toBeLessThan(ratio * 0.75);
  });
});

describe("after a storm", () => {
  /** Some seconds in which every record is refused, and, if so, a few are not. */
  function storm(sent: Sent, seconds: number, takesSome: boolean): void {
    send(sent, seconds * 1_000, (now) => {
      if (takesSome) sent.rate.onAccepted(now);
      sent.rate.onRefused(now, now);
    });
  }

  function sendAccepted(sent: Sent, ms: number): void {
    send(sent, ms, (now) => sent.rate.onAccepted(now));
  }

  test("the rate comes back to what it was within seconds of the first record that is taken", () => {
    const sent = newSent();
    sendAccepted(sent, 30_000);
    storm(sent, 10, false);
    const lowest = sent.rate.factor;

    sendAccepted(sent, 15_000);

    expect(lowest).toBeLessThan(0.1);
    expect(sent.rate.factor).toBeGreaterThan(0.95);
  });

  test("not where a few were taken, if records never expire: others may have come, and take their share", () => {
    const sent = newSent();
    sendAccepted(sent, 30_000);
    storm(sent, 10, true);
    const lowest = sent.rate.factor;

    sendAccepted(sent, 15_000);

    expect(sent.rate.factor).toBeLessThan(lowest * 1.5);
  });

  test("not any further after a refusal during the climb, if records never expire", () => {
    const sent = newSent();
    sendAccepted(sent, 30_000);
    storm(sent, 10, false);
    sendAccepted(sent, 2_000);
    sent.rate.onRefused(sent.now, sent.now);
    const lowered = sent.rate.factor;

    sendAccepted(sent, 15_000);

    expect(sent.rate.factor).toBeLessThan(lowered * 1.5);
  });
});

test("one refusal of the burst that follows an outage does not lower the rate to what was used during the outage", () => {
  const sent = newSent();
  send(sent, 30_000);
  sent.now += 15_000;
  for (let i = 0; i < 20; i++) sent.rate.onTaken(AGGREGATE, false, sent.now);

  sent.rate.onRefused(sent.now, sent.now + 20);

  expect(sent.rate.factor).toBeGreaterThan(0.9);
});

test("a second that carried twice the mean of a small rate does not keep the rate from falling to what is used", () => {
  const rate = new AdaptiveRate(0);
  for (let now = 0; now <= 60_000; now += 500) rate.onTaken(AGGREGATE, false, now);
  for (let i = 0; i < 3; i++) rate.onTaken(AGGREGATE, false, 60_200 + i);

  rate.onRefused(60_210, 60_230);

  expect(rate.factor).toBeLessThan(1.3 * 2 * AGGREGATE);
});

describe("where records expire", () => {
  /** Every record is taken, but for every second one that is refused. */
  function contest(sent: Sent, ms: number): void {
    let count = 0;
    send(sent, ms, (now) => {
      if (count++ % 2 === 0) sent.rate.onRefused(now, now);
      else sent.rate.onAccepted(now);
    });
  }

  /** Records go on time. */
  function calm(sent: Sent, ms: number): void {
    for (const until = sent.now + ms; sent.now < until; sent.now += 500) sent.rate.onTaken(AGGREGATE, false, sent.now);
  }

  test("nothing lowers the rate in the first minute of trouble: it may be a storm", () => {
    const sent = newSent(true);
    calm(sent, 30_000);

    contest(sent, 59_000);

    expect(sent.rate.factor).toBe(1);
  });

  test("trouble that lasts is a contest: refusals lower the rate within seconds", () => {
    const sent = newSent(true);
    calm(sent, 30_000);

    contest(sent, 70_000);

    expect(sent.rate.factor).toBeLessThan(0.3);
  });

  test("trouble after ten seconds without any is young again, and begins at the ceilings", () => {
    const sent = newSent(true);
    contest(sent, 90_000);
    calm(sent, 11_000);
    const before = sent.rate.factor;

    const isLowered = sent.rate.onRefused(sent.now, sent.now);

    expect(before).toBeLessThan(0.3);
    expect(isLowered).toBe(false);
    expect(sent.rate.factor).toBe(1);
  });

  test("trouble that begins with a rate that holds records back is a contest, and no storm", () => {
    const sent = newSent(true);
    contest(sent, 90_000);
    calm(sent, 11_000);
    const before = sent.rate.factor;

    contest(sent, 3_000);

    expect(sent.rate.factor).toBeLessThan(before);
  });

  test("records that are late for a minute are trouble too, so that a contest is one where the buffer is small", () => {
    const sent = newSent(true);
    for (; sent.now < 70_000; sent.now += 5_000) sent.rate.onTaken(AGGREGATE, false, sent.now, 600);

    expect(sent.rate.onRefused(sent.now, sent.now)).toBe(true);
  });

  test("records that are late by less are not", () => {
    const sent = newSent(true);
    for (; sent.now < 70_000; sent.now += 5_000) sent.rate.onTaken(AGGREGATE, false, sent.now, 400);

    expect(sent.rate.onRefused(sent.now, sent.now)).toBe(false);
  });

  test("a rate that begins again begins with young trouble", () => {
    const sent = newSent(true);
    contest(sent, 90_000);

    sent.rate.restart(sent.now);
    contest(sent, 30_000);

    expect(sent.rate.factor).toBe(1);
  });
});
