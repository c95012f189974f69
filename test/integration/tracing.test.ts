import { setImmediate as turn } from "node:timers/promises";
import { context, ROOT_CONTEXT, TraceFlags, trace } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type KinesisEvent, kinesisHandler } from "../../src/lambda/index.js";
import { otelProcessing, otelPropagation, traceProducers } from "../../src/otel/index.js";
import { LocalKinesis } from "../../src/testing/index.js";
import { hear } from "../support/channels.js";
import { type Otel, startOtel } from "../support/otel.js";
import { newProducer, readAll, STREAM, textOf } from "./local-stream.js";

let kinesis: LocalKinesis;
let otel: Otel;
let stop: () => void;

beforeEach(async () => {
  kinesis = await LocalKinesis.start({ streams: { [STREAM]: { shards: 2 } } });
  otel = startOtel();
  stop = traceProducers();
});

afterEach(async () => {
  stop();
  otel[Symbol.dispose]();
  await kinesis.close();
});

/** Everything that is stored, as Lambda hands it to a function. */
function lambdaEvent(): KinesisEvent {
  return {
    Records: kinesis.records(STREAM).map(({ shardId, sequenceNumber, partitionKey = "", data, arrivedAt }) => ({
      eventID: `${shardId}:${sequenceNumber}`,
      eventSourceARN: `arn:aws:kinesis:us-east-1:000000000000:stream/${STREAM}`,
      kinesis: {
        sequenceNumber,
        partitionKey,
        data: Buffer.from(data).toString("base64"),
        approximateArrivalTimestamp: arrivedAt / 1_000,
      },
    })),
  };
}

/** Trace ids of the spans that a span has links to, sorted. */
function linkedTraces(span: ReadableSpan | undefined): string[] {
  return (span?.links ?? []).map(({ context: { traceId } }) => traceId).sort();
}

describe("a trace through put, PutRecords, the stream and a Lambda function", () => {
  it("is linked from the caller's span to the span of the request, and to that of the handler", async () => {
    const tracer = otel.provider.getTracer("application");
    const callers: string[] = [];
    await using producer = newProducer(kinesis, { propagate: otelPropagation() });
    await producer.ready();
    const puts = ["one", "two"].map((name) =>
      tracer.startActiveSpan(name, async (span) => {
        callers.push(span.spanContext().traceId);
        await producer.put({ partitionKey: "k", data: name });
        span.end();
      }),
    );
    const unsampled = { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: TraceFlags.NONE };
    puts.push(
      context.with(trace.setSpanContext(ROOT_CONTEXT, unsampled), async () => {
        await producer.put({ partitionKey: "k", data: "unsampled" });
      }),
    );
    await Promise.all(puts);

    const handled = new Map<string, string | undefined>();
    const handler = kinesisHandler(
      async (record) => {
        await turn();
        handled.set(textOf(record), trace.getActiveSpan()?.spanContext().traceId);
      },
      { around: otelProcessing() },
    );
    const response = await handler(lambdaEvent(), {});

    expect(response).toEqual({ batchItemFailures: [] });
    const [sent] = otel.spans(`send ${STREAM}`);
    expect(linkedTraces(sent)).toEqual([...callers].sort());
    const processed = otel.spans(`process ${STREAM}`);
    expect(processed.map(linkedTraces)).toEqual(callers.map((traceId) => [traceId]));
    // Without the span of an invocation, the trace of the caller goes on.
    expect([...handled]).toEqual([
      ["one", callers[0]],
      ["two", callers[1]],
      ["unsampled", undefined],
    ]);
  });

  it("does not change what a reader without tags sees", async () => {
    const tracer = otel.provider.getTracer("application");
    {
      await using producer = newProducer(kinesis, { propagate: otelPropagation() });
      tracer.startActiveSpan("caller", (span) => {
        for (const data of ["a", "b"]) void producer.put({ partitionKey: "k", data });
        span.end();
      });
      void producer.put({ partitionKey: "k", data: "c" });
    }

    const { records, texts, dropped } = readAll(kinesis);

    expect([texts, dropped]).toEqual([["a", "b", "c"], 0]);
    const [traceparent] = new Set(records.flatMap(({ tags }) => (tags === undefined ? [] : [tags.traceparent])));
    expect(records.map(({ tags }) => tags)).toEqual([{ traceparent }, { traceparent }, undefined]);
  });
});

describe("the HTTP request of PutRecords", () => {
  it("is made where the span is active, so that an instrumentation of HTTP nests, and no later code is", async () => {
    const seen: (string | undefined)[] = [];
    using _ = hear("http.client.request.start", () => {
      seen.push(trace.getActiveSpan()?.spanContext().spanId);
    });
    await using producer = newProducer(kinesis);
    await producer.ready();
    seen.length = 0;
    await producer.put({ partitionKey: "k", data: "x" });
    expect(trace.getActiveSpan()).toBeUndefined();

    const [span] = otel.spans("send");
    expect(span?.attributes).toMatchObject({ "server.address": "127.0.0.1", "server.port": expect.any(Number) });
    expect(seen).toEqual([span?.spanContext().spanId]);
  });
});
