import { describe, expect, test } from "vitest";

import type { RequestFailure } from "../../../src/core/ports.js";
import { type Identity, SharedCredentials } from "../../../src/edge/shared-credentials.js";
import { ManualClock } from "../../../src/testing/manual-clock.js";
import { requestFailure } from "../../../src/testing/scripted-answers.js";

const LIMIT_MS = 6_000;
const REFUSED = { ...requestFailure("UnrecognizedClientException"), statusCode: 400 } as RequestFailure;

function keys(name: string, goodForMs?: number, clock?: ManualClock): Identity {
  const expiration = clock === undefined ? undefined : new Date(clock.epochNow() + (goodForMs ?? 0));
  return { accessKeyId: name, secretAccessKey: "secret", ...(expiration === undefined ? {} : { expiration }) };
}

/** Credentials whose provider gives the scripted answers, call by call. The last one repeats. */
function scripted(clock: ManualClock, ...answers: (() => Identity | Promise<Identity>)[]) {
  const calls: { readonly at: number; readonly isForced: boolean }[] = [];
  const begin = clock.now();
  const credentials = new SharedCredentials({
    clock,
    random: () => 1,
    limitMs: LIMIT_MS,
    ask: async (isForced) => {
      calls.push({ at: clock.now() - begin, isForced });
      return (answers[calls.length - 1] ?? (answers.at(-1) as () => Identity))();
    },
  });
  return { credentials, calls };
}

const hangs = () => new Promise<Identity>(() => undefined);

/** The key, or the error's name and message. */
async function keyOf(asked: Promise<Identity>, clock: ManualClock): Promise<string> {
  let told = "nothing yet";
  asked.then(
    ({ accessKeyId }) => {
      told = accessKeyId;
    },
    ({ name, message }: Error) => {
      told = `${name}: ${message}`;
    },
  );
  await clock.settle();
  return told;
}

describe("credentials", () => {
  test("are asked for once, however many requests wait for them, and no timer is left", async () => {
    const clock = new ManualClock();
    const { credentials, calls } = scripted(clock, () => keys("first"));

    const told = await Promise.all(Array.from({ length: 100 }, () => keyOf(credentials.get(), clock)));
    await credentials.get();

    expect(new Set(told)).toEqual(new Set(["first"]));
    expect(calls).toEqual([{ at: 0, isForced: false }]);
    expect(clock.pendingTimers).toBe(0);
  });

  test("that 24 requests in flight find refused are asked for once", async () => {
    const clock = new ManualClock();
    const { credentials, calls } = scripted(
      clock,
      () => keys("old"),
      () => keys("new"),
    );
    const used = await credentials.get();
    await clock.advanceAsync(3_600_000);

    for (let i = 0; i < 12; i++) credentials.judge(REFUSED, used);
    const first = credentials.get();
    for (let i = 0; i < 6; i++) credentials.judge(REFUSED, used);
    const told = await keyOf(first, clock);
    // Answers to requests that were signed earlier.
    for (let i = 0; i < 6; i++) credentials.judge(REFUSED, used);
    const later = await keyOf(credentials.get(), clock);

    expect([told, later]).toEqual(["new", "new"]);
    expect(calls.map(({ isForced }) => isForced)).toEqual([false, true]);
  });

  test("that come a second late are waited for", async () => {
    const clock = new ManualClock();
    const { credentials } = scripted(
      clock,
      () => keys("old"),
      () => new Promise((resolve) => clock.setTimer(1_000, () => resolve(keys("new")))),
    );
    credentials.judge(REFUSED, await credentials.get());
    const next = credentials.get();

    expect(await keyOf(next, clock)).toBe("nothing yet");
    await clock.advanceAsync(1_000);
    expect(await keyOf(next, clock)).toBe("new");
  });

  test("of a provider that gives the refused ones twice more are tried, and asked for at a pace, until others come", async () => {
    const clock = new ManualClock();
    const old = () => keys("old");
    const { credentials, calls } = scripted(clock, old, old, old, () => keys("new"));

    const told: string[] = [];
    for (let i = 0; i < 100 && told.at(-1) !== "new"; i++) {
      const used = await credentials.get();
      told.push(used.accessKeyId);
      if (used.accessKeyId === "old") credentials.judge(REFUSED, used);
      await clock.advanceAsync(10);
    }

    expect(told.at(-1)).toBe("new");
    expect(calls.map(({ at }) => at)).toEqual([0, 10, 210, 610]);
  });

  test("that are accepted after all are not asked for again", async () => {
    const clock = new ManualClock();
    const { credentials, calls } = scripted(clock, () => keys("slow to be known"));
    credentials.judge(REFUSED, await credentials.get());
    credentials.onAccepted(await credentials.get());

    await clock.advanceAsync(60_000);
    await credentials.get();

    expect(calls).toHaveLength(2);
  });

  test("of a provider that always gives others, which are refused too, are not asked for in a storm", async () => {
    const clock = new ManualClock();
    let count = 0;
    const { credentials, calls } = scripted(clock, () => keys(`key-${++count}`));

    for (let i = 0; i < 6_000; i++) {
      credentials.judge(REFUSED, await credentials.get());
      await clock.advanceAsync(10);
    }

    // In 60 s, with a longest pause of five seconds.
    expect(calls.length).toBeLessThan(20);
  });
});

describe("a provider that", () => {
  test("rejects twice is asked again, at a pace, by those who need it; nobody else's code is taken for Kinesis's", async () => {
    const clock = new ManualClock();
    const denied = Object.assign(new Error("not your role"), {
      name: "AccessDenied",
      $metadata: { httpStatusCode: 403 },
    });
    const { credentials, calls } = scripted(
      clock,
      () => Promise.reject(denied),
      () => {
        throw new Error("the vault is sealed");
      },
      () => keys("new"),
    );

    const told: string[] = [];
    for (let i = 0; i < 8; i++) {
      told.push(await keyOf(credentials.get(), clock));
      await clock.advanceAsync(100);
    }

    expect([...new Set(told)]).toEqual([
      "CredentialsProviderError: AccessDenied: not your role",
      "CredentialsProviderError: the vault is sealed",
      "new",
    ]);
    expect(calls.map(({ at }) => at)).toEqual([0, 200, 600]);
  });

  test("hangs is left behind after the limit, however late a request joins, and the next call does not wait for it", async () => {
    const clock = new ManualClock();
    const { credentials, calls } = scripted(clock, hangs, () => keys("second"));
    const first = credentials.get();
    await clock.advanceAsync(5_999);
    const joined = credentials.get();
    await clock.advanceAsync(1);

    const message = `CredentialsProviderError: the credentials provider did not answer within ${LIMIT_MS} ms`;
    expect(await keyOf(first, clock)).toBe(message);
    expect(await keyOf(joined, clock)).toBe(message);
    await clock.advanceAsync(200);
    expect(await keyOf(credentials.get(), clock)).toBe("second");
    expect(calls.map(({ at }) => at)).toEqual([0, 6_200]);
  });

  test("is slower than the limit is taken at its word when it comes, by those who wait for a later call too", async () => {
    const clock = new ManualClock();
    const slow = () => new Promise<Identity>((resolve) => clock.setTimer(8_000, () => resolve(keys("late"))));
    const { credentials } = scripted(clock, slow, hangs);
    credentials.get().catch(() => undefined);
    await clock.advanceAsync(7_000);
    const waiting = credentials.get();
    await clock.advanceAsync(1_000);

    expect(await keyOf(waiting, clock)).toBe("late");
  });

  test("hangs when credentials are to be renewed holds nobody up while they are good", async () => {
    const clock = new ManualClock();
    const { credentials, calls } = scripted(clock, () => keys("good", 400_000, clock), hangs);
    await credentials.get();
    await clock.advanceAsync(150_000);

    const told = await keyOf(credentials.get(), clock);
    await clock.advanceAsync(20_000);
    const afterLimit = await keyOf(credentials.get(), clock);

    expect([told, afterLimit]).toEqual(["good", "good"]);
    expect(calls.map(({ at }) => at)).toEqual([0, 150_000]);
  });

  test("gives credentials that have expired has them tried: the clock may be wrong", async () => {
    const clock = new ManualClock();
    const { credentials, calls } = scripted(clock, () => keys("over", -60_000, clock));

    const told: string[] = [];
    for (let i = 0; i < 100; i++) {
      told.push(await keyOf(credentials.get(), clock));
      await clock.advanceAsync(100);
    }

    expect(new Set(told)).toEqual(new Set(["over"]));
    expect(calls.length).toBeLessThan(10);
  });

  test("gives no key gets an error that says so", async () => {
    const clock = new ManualClock();
    const { credentials } = scripted(clock, () => undefined as never);

    expect(await keyOf(credentials.get(), clock)).toContain("returned no access key");
  });

  test("hangs while the producer closes keeps no timer, and answers everybody", async () => {
    const clock = new ManualClock();
    const { credentials } = scripted(clock, hangs);
    const asked = credentials.get();

    credentials.close();

    expect(await keyOf(asked, clock)).toContain("closed");
    expect(await keyOf(credentials.get(), clock)).toContain("closed");
    expect(clock.pendingTimers).toBe(0);
  });
});

test("constant credentials that are refused are final, and other failures are not", async () => {
  const clock = new ManualClock();
  const ask = async () => keys("constant");
  const credentials = new SharedCredentials({ clock, random: () => 1, limitMs: 1, ask, isConstant: true });
  const used = await credentials.get();

  expect(credentials.judge(REFUSED, used)).toMatchObject({ code: "UnrecognizedClientException", isFinal: true });
  expect(credentials.judge(requestFailure("InternalFailure"), used)).not.toHaveProperty("isFinal");
});
