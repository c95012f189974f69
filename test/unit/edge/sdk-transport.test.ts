import type { KinesisClient } from "@aws-sdk/client-kinesis";
import { describe, expect, it } from "vitest";
import type { PutRecordsAnswer } from "../../../src/core/ports.js";
import { SdkTransport } from "../../../src/edge/sdk-transport.js";
import { clientTimeLimit } from "../../../src/edge/time-limit.js";
import { ManualClock } from "../../../src/testing/manual-clock.js";
import { constantCredentials } from "../../support/constant-credentials.js";

const STORED = { ShardId: "shardId-000000000000", SequenceNumber: "7" };
const STREAM = { streamName: "clicks" };

/** An error in the form of the SDK's client. */
function sdkError(name: string, metadata: object): Error {
  return Object.assign(new Error("sorry"), { name, $fault: "client", $metadata: metadata });
}

/** The outcome of a request of one record, sent by the caller's client. */
async function answerOf(send: () => unknown, clock: ManualClock = new ManualClock()): Promise<PutRecordsAnswer> {
  const client = { send } as unknown as KinesisClient;
  const transport = new SdkTransport(
    () => client,
    clientTimeLimit(clock, 6_000),
    () => {},
    "a test",
    constantCredentials,
  );
  const sent = transport.putRecords({ stream: STREAM, entries: [{ partitionKey: "k", data: Uint8Array.of(1) }] });
  await clock.advanceAsync(18_000);
  return sent;
}

describe("the tries of a client that was handed in", () => {
  it("are reported with its answer", async () => {
    expect(
      await answerOf(async () => ({ Records: [STORED], $metadata: { attempts: 2, totalRetryDelay: 41 } })),
    ).toMatchObject({ kind: "answered", tries: 2 });
  });

  it("are reported with its error", async () => {
    const error = sdkError("AccessDeniedException", { httpStatusCode: 400, attempts: 3 });

    expect(await answerOf(() => Promise.reject(error))).toMatchObject({ code: "AccessDeniedException", tries: 3 });
  });

  it("are several when there was a delay between them", async () => {
    expect(await answerOf(async () => ({ Records: [STORED], $metadata: { totalRetryDelay: 41 } }))).toMatchObject({
      tries: 2,
    });
  });

  it.each([[{ attempts: 1, totalRetryDelay: 0 }], [{}], [undefined], [null]])(
    "are not told when there was one, or nothing says so: %j",
    async ($metadata) => {
      expect(await answerOf(async () => ({ Records: [STORED], $metadata }))).not.toHaveProperty("tries");
    },
  );
});

describe("a client that answers as no client of the SDK does", () => {
  it("never: it is waited for no longer than three time limits, and what it sent may be stored", async () => {
    const clock = new ManualClock();

    const answer = await answerOf(() => new Promise(() => {}), clock);

    expect(answer).toMatchObject({ kind: "failed", code: "TimeoutError", mayBeStored: true });
    expect(clock.pendingTimers).toBe(0);
  });

  it("by throwing at once", async () => {
    const answer = await answerOf(() => {
      throw new Error("Region is missing");
    });

    expect(answer).toMatchObject({ kind: "failed", message: "Region is missing" });
  });

  it.each([[undefined], [null], [7], [{}], [{ Records: null }], [{ Records: "none" }], [{ Records: [] }]])(
    "with %j: no entry has an outcome",
    async (answer) => {
      expect(await answerOf(async () => answer)).toEqual({ kind: "answered", entries: [] });
    },
  );

  it.each([[[null]], [[7]], [[{}]], [[{ ShardId: "s" }]], [[{ SequenceNumber: 7, ShardId: "s" }]]])(
    "with entries %j: what they hold may be stored",
    async (Records) => {
      expect(await answerOf(async () => ({ Records }))).toMatchObject({ entries: [{ errorCode: "UnreadableAnswer" }] });
    },
  );

  it("with an object that cannot be read: what it holds may be stored", async () => {
    const answer = await answerOf(async () => ({
      get Records(): never {
        throw new TypeError("not yours");
      },
    }));

    expect(answer).toMatchObject({ kind: "failed", code: "UnreadableAnswer", mayBeStored: true });
  });
});
