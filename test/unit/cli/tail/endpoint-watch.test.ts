import { beforeEach, describe, expect, it } from "vitest";
import { EndpointWatch } from "../../../../src/cli/tail/endpoint-watch.js";
import { ManualClock } from "../../../../src/testing/index.js";

const TARGET = { protocol: "http:", hostname: "127.0.0.1", port: 4567 };

let clock: ManualClock;
let told: string[];
let watch: EndpointWatch;

beforeEach(() => {
  clock = new ManualClock();
  told = [];
  const reports = {
    tell: (text: string) => told.push(text),
    giveUp: (reason: string) => told.push(`gave up: ${reason}`),
  };
  watch = new EndpointWatch(reports, (ms, run) => {
    const timer = clock.setTimer(ms, run);
    return () => timer.cancel();
  });
});

const succeed = (): Promise<void> => watch.watch(TARGET, () => Promise.resolve());
const fail = (error: Error): Promise<void> => watch.watch(TARGET, () => Promise.reject(error)).catch(() => {});
/** A call that is never answered. */
const hang = (): void => void watch.watch(TARGET, () => new Promise(() => {}));
const refused = new Error("connect ECONNREFUSED 127.0.0.1:4567");

describe("an endpoint", () => {
  it("that refuses the first connection is reported at once, and once", async () => {
    await fail(refused);
    await fail(refused);

    expect(told).toEqual([`http://127.0.0.1:4567 does not answer (${refused.message}); trying again`]);
  });

  it("that never answers is reported after 4 seconds, and given up after a minute", () => {
    hang();
    clock.advance(3_999);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toEqual(["http://127.0.0.1:4567 does not answer (no answer); trying again"]);
    clock.advance(56_000);

    expect(told[1]).toBe("gave up: http://127.0.0.1:4567 did not answer within 1m: no answer");
  });

  it("that has answered once is never given up; its silence and its return are reported", async () => {
    await succeed();
    await fail(refused);
    expect(told).toEqual([]);
    clock.advance(4_000);
    expect(told).toHaveLength(1);
    clock.advance(3_600_000);
    await succeed();

    expect(told).toEqual([
      `http://127.0.0.1:4567 does not answer (${refused.message}); trying again`,
      "http://127.0.0.1:4567 answers again",
    ]);
  });

  it("that fails once between answers is not worth a word", async () => {
    for (let call = 0; call < 10; call++) {
      await succeed();
      await fail(refused);
      clock.advance(3_000);
    }

    expect(told).toEqual([]);
  });

  it("answers with an error of the service too, but not with its failure", async () => {
    const answer = (httpStatusCode: number): Error => Object.assign(new Error("no"), { $metadata: { httpStatusCode } });

    await fail(answer(400));
    expect(told).toEqual([]);
    await fail(answer(503));
    clock.advance(4_000);

    expect(told).toEqual(["http://127.0.0.1:4567 does not answer (no); trying again"]);
  });

  it("is not to blame for a call that was aborted", async () => {
    await fail(Object.assign(new Error("Request aborted"), { name: "AbortError" }));

    expect(told).toEqual([]);
  });

  it("is named by the reason behind the message of an HTTP/2 stream", async () => {
    await fail(new Error("The pending stream has been canceled (caused by: connect ECONNREFUSED ::1:1)"));

    expect(told).toEqual(["http://127.0.0.1:4567 does not answer (connect ECONNREFUSED ::1:1); trying again"]);
  });

  it("is not talked about after the end", async () => {
    hang();
    watch.end();
    clock.advance(60_000);
    await fail(refused);

    expect(told).toEqual([]);
  });
});
