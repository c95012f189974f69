import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { beforeAll, describe, expect, it } from "vitest";
import type { PutRecordsAnswer } from "../../../src/core/ports.js";
import { loadSdk } from "../../../src/edge/lazy-sdk.js";
import { SdkTransport } from "../../../src/edge/sdk-transport.js";
import type { SharedCredentials } from "../../../src/edge/shared-credentials.js";
import { clientTimeLimit } from "../../../src/edge/time-limit.js";
import { ManualClock } from "../../../src/testing/manual-clock.js";
import { constantCredentials } from "../../support/constant-credentials.js";

const STORED = { ShardId: "shardId-000000000000", SequenceNumber: "7" };
const STREAM = { streamName: "clicks" };

/** An error in the form of the SDK's client. */
function sdkError(name: string, metadata: object): Error {
  return Object.assign(new Error("sorry"), { name, $fault: "client", $metadata: metadata });
}

const REQUEST = { stream: STREAM, entries: [{ partitionKey: "k", data: Uint8Array.of(1) }] };

type Send = (command: PutRecordsCommand, options: { readonly abortSignal?: AbortSignal }) => unknown;

function transportOf(
  client: () => KinesisClient,
  clock: ManualClock,
  credentials: () => SharedCredentials = constantCredentials,
): SdkTransport {
  return new SdkTransport(client, clientTimeLimit(clock, 6_000), () => {}, "a test", credentials);
}

// Loading takes real time, which the clock of these tests does not know.
beforeAll(loadSdk);

/** The answer to a request of one record, sent by the caller's client. */
/** @param clock - of a client that does not answer: the time limit passes. The SDK's client may load files first, in real time. */
async function answerOf(
  send: Send,
  clock?: ManualClock,
  credentials?: () => SharedCredentials,
): Promise<PutRecordsAnswer> {
  const client = { send } as unknown as KinesisClient;
  const sent = transportOf(() => client, clock ?? new ManualClock(), credentials).putRecords(REQUEST);
  await clock?.advanceAsync(18_000);
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
      throw new Error("no idea");
    });

    expect(answer).toMatchObject({ kind: "failed", message: "no idea", mayBeStored: true });
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

describe("the step of the SDK's client decides whether anything was sent", () => {
  const UNSIGNED = { credentials: { accessKeyId: "AKID", secretAccessKey: "SECRET" }, region: "us-east-1" };
  const failing = (error: unknown) => ({ handle: () => Promise.reject(error), metadata: { handlerProtocol: "h1" } });
  const REJECTED = new Error("the cable was cut");

  /** A client whose requests reach no network. */
  function clientOf(config: object, error: unknown = REJECTED): KinesisClient {
    return new KinesisClient({ ...UNSIGNED, maxAttempts: 1, requestHandler: failing(error) as never, ...config });
  }

  function without(error: unknown): () => never {
    return () => {
      throw error;
    };
  }

  it.each<readonly [string, object]>([
    ["no region", { region: without(new Error("Region is missing")) }],
    ["no credentials", { credentials: without(new Error("vault sealed")) }],
    ["no endpoint", { endpoint: without(new Error("no such endpoint")) }],
    ["an endpoint that is none", { endpoint: "not a url" }],
  ])("%s: nothing was", async (_, config) => {
    const client = clientOf(config);

    expect(await answerOf((...call) => client.send(...call))).toMatchObject({ kind: "failed", mayBeStored: false });
  });

  it("an input that cannot be written: nothing was", async () => {
    const client = clientOf({});
    client.middlewareStack.add(
      () => () => {
        throw new TypeError("a member is no blob");
      },
      { step: "serialize", priority: "high" },
    );

    expect(await answerOf((...call) => client.send(...call))).toMatchObject({ kind: "failed", mayBeStored: false });
  });

  it.each<readonly [string, unknown, boolean]>([
    ["an error without a code", REJECTED, true],
    ["a text", "the cable was cut", true],
    ["nothing", undefined, true],
    ["a step before a connection", Object.assign(new Error("no"), { code: "ECONNREFUSED", syscall: "connect" }), false],
  ])("a handler that rejects with %s: what was sent may be stored %s", async (_, error, mayBeStored) => {
    const client = clientOf({}, error);

    expect(await answerOf((...call) => client.send(...call))).toMatchObject({ kind: "failed", mayBeStored });
  });

  it("a client around it that sends the command twice: the first one may have left", async () => {
    let calls = 0;
    const client = clientOf({});
    client.middlewareStack.add(
      (next) => (args) => {
        if (++calls > 1) throw new Error("vault sealed");
        return next(args);
      },
      { step: "build" },
    );

    const answer = await answerOf((...call) => client.send(...call).catch(() => client.send(...call)));

    expect(answer).toMatchObject({ message: "vault sealed", mayBeStored: true });
  });

  it("a client around it that sends another command: nobody knows", async () => {
    const [first, second] = [clientOf({ region: without(new Error("Region is missing")) }), clientOf({})];

    const answer = await answerOf((command, options) =>
      first.send(command, options).catch(() => second.send(new PutRecordsCommand(command.input), options)),
    );

    expect(answer).toMatchObject({ message: "the cable was cut", mayBeStored: true });
  });

  it.each<readonly [string, unknown]>([
    ["an error", new Error("out of order")],
    ["a text", "out of order"],
    ["nothing", undefined],
  ])("a client of another kind that rejects with %s: nobody knows", async (_, error) => {
    expect(await answerOf(() => Promise.reject(error))).toMatchObject({ kind: "failed", mayBeStored: true });
  });

  it("credentials that are not to be had, before the client has the command: nothing was", async () => {
    const answer = await answerOf(without(REJECTED), new ManualClock(), () => {
      throw new Error("the producer's client is closed");
    });

    expect(answer).toMatchObject({ message: "the producer's client is closed", mayBeStored: false });
  });

  it("a client that cannot be made: nothing was", async () => {
    const transport = transportOf(without(new Error("the producer's client is closed")), new ManualClock());

    expect(await transport.putRecords(REQUEST)).toMatchObject({ kind: "failed", mayBeStored: false });
  });
});
