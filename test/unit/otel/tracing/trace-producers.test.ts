import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from "@opentelemetry/api";
import { TraceIdRatioBasedSampler } from "@opentelemetry/sdk-trace-node";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { otelPropagation, traceProducers } from "../../../../src/otel/index.js";
import { evenShards } from "../../../../src/testing/even-shards.js";
import { acceptByRange, refuseEntries, requestFailure, THROTTLED } from "../../../../src/testing/scripted-answers.js";
import { type Otel, startOtel } from "../../../support/otel.js";
import { STREAM, virtualProducer } from "../../../support/virtual-producer.js";

let otel: Otel;
let stop: () => void;

beforeEach(() => {
  otel = startOtel();
  stop = traceProducers();
});

afterEach(() => {
  stop();
  otel[Symbol.dispose]();
});

const propagate = otelPropagation();
const record = { partitionKey: "k", data: "x" };

/** Runs code within a new span; returns its ids. */
function within(name: string, run: () => void, isSampled = true): { traceId: string; spanId: string } {
  if (isSampled)
    return otel.provider.getTracer("test").startActiveSpan(name, (span) => {
      run();
      span.end();
      return span.spanContext();
    });
  const unsampled = { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: TraceFlags.NONE };
  context.with(trace.setSpanContext(ROOT_CONTEXT, unsampled), run);
  return unsampled;
}

describe("a PutRecords request", () => {
  test("is a span of kind CLIENT with the attributes of the conventions", async () => {
    const { producer, clock, start } = virtualProducer({ endpoint: "http://localhost:4567/" });
    await start();
    for (const data of ["a", "bb"]) producer.enqueue({ partitionKey: "k", data });

    await clock.advanceAsync(100);

    const [span, ...others] = otel.spans();
    expect(others).toEqual([]);
    expect(span).toMatchObject({
      name: `send ${STREAM}`,
      kind: SpanKind.CLIENT,
      status: { code: SpanStatusCode.UNSET },
    });
    expect(span?.parentSpanContext).toBeUndefined();
    expect(span?.links).toEqual([]);
    expect(span?.attributes).toEqual({
      "messaging.system.name": "aws.kinesis",
      "messaging.operation.name": "send",
      "messaging.operation.type": "send",
      "messaging.destination.name": STREAM,
      "messaging.batch.message_count": 2,
      "aws.kinesis.stream_name": STREAM,
      "kinesis_producer.kinesis_records": 1,
      "kinesis_producer.bytes": expect.any(Number),
      "kinesis_producer.attempt": 1,
      "server.address": "localhost",
      "server.port": 4567,
    });
  });

  test("has a span for each attempt, and a failed one says why", async () => {
    const { clock, transport, put, start } = virtualProducer();
    await start();
    transport.next(requestFailure("ServiceUnavailable", { statusCode: 503 }));
    put({});

    await clock.advanceAsync(5_000);

    expect(
      otel
        .spans()
        .map(({ status, attributes }) => [status, attributes["error.type"], attributes["kinesis_producer.attempt"]]),
    ).toEqual([
      [{ code: SpanStatusCode.ERROR, message: "scripted ServiceUnavailable" }, "ServiceUnavailable", 1],
      [{ code: SpanStatusCode.UNSET }, undefined, 2],
    ]);
    expect(otel.spans()[0]?.attributes["http.response.status_code"]).toBe(503);
  });

  test.each([
    [[0], undefined],
    [[0, 1], "ProvisionedThroughputExceededException"],
  ])("of which the entries %j of 2 are refused: error.type %s", async (refused, errorType) => {
    const { producer, clock, transport, start } = virtualProducer({ aggregation: false });
    await start();
    transport.next(refuseEntries(refused, THROTTLED, acceptByRange(evenShards(1))));
    for (const data of ["a", "b"]) producer.enqueue({ partitionKey: "k", data });

    await clock.advanceAsync(105);

    expect(otel.spans()[0]?.attributes).toMatchObject({ "kinesis_producer.refused": refused.length });
    expect(otel.spans()[0]?.attributes["error.type"]).toBe(errorType);
  });

  test("is sent with its span active, to the end of the transport's work", async () => {
    const { producer, clock, transport, start } = virtualProducer();
    await start();
    let active: string | undefined;
    const { putRecords } = transport;
    transport.putRecords = async (request) => {
      await Promise.resolve();
      active = trace.getActiveSpan()?.spanContext().spanId;
      return putRecords.call(transport, request);
    };

    within("caller", () => producer.enqueue(record));
    // Timers are armed in the context of one of the callers.
    await otel.provider.getTracer("test").startActiveSpan("of a timer", () => clock.advanceAsync(100));

    const [span] = otel.spans("send");
    expect(active).toBe(span?.spanContext().spanId);
    expect(span?.parentSpanContext, "the span of one of the callers, by chance").toBeUndefined();
  });
});

describe("with propagate", () => {
  test("a request has a link to each caller whose context is sampled, and no parent", async () => {
    const { producer, clock, start } = virtualProducer({ propagate });
    await start();
    const callers = ["one", "two"].map((name) =>
      within(name, () => {
        producer.enqueue(record);
        producer.enqueue(record);
      }),
    );
    within("unsampled", () => producer.enqueue(record), false);
    producer.enqueue(record);

    await clock.advanceAsync(100);

    const [span] = otel.spans("send");
    expect(span?.links.map(({ context: { traceId, spanId } }) => ({ traceId, spanId }))).toMatchObject(
      callers.map(({ traceId, spanId }) => ({ traceId, spanId })),
    );
    expect(span?.parentSpanContext).toBeUndefined();
    expect(span?.attributes["messaging.batch.message_count"]).toBe(6);
  });

  test("a request of one caller is a child of its span", async () => {
    const { producer, clock, start } = virtualProducer({ propagate });
    await start();
    const caller = within("caller", () => void producer.enqueue(record));

    await clock.advanceAsync(100);

    const [span] = otel.spans("send");
    expect(span?.spanContext().traceId).toBe(caller.traceId);
    expect(span?.parentSpanContext?.spanId).toBe(caller.spanId);
    expect(span?.links).toHaveLength(1);
  });

  test("a span has at most 128 links", async () => {
    const { producer, clock, start } = virtualProducer({ propagate });
    await start();
    for (let i = 0; i < 130; i++) within(`caller ${i}`, () => void producer.enqueue(record));

    await clock.advanceAsync(100);

    const [span] = otel.spans("send");
    expect(span?.links).toHaveLength(128);
    expect(span?.droppedLinksCount).toBe(0);
  });

  test("an attempt that comes again has the same links", async () => {
    const { producer, clock, transport, start } = virtualProducer({ propagate });
    await start();
    transport.next(requestFailure("ServiceUnavailable", { statusCode: 503 }));
    const caller = within("caller", () => void producer.enqueue(record));

    await clock.advanceAsync(5_000);

    expect(otel.spans("send").map(({ links }) => links.map(({ context: { spanId } }) => spanId))).toEqual([
      [caller.spanId],
      [caller.spanId],
    ]);
  });
});

describe("tracing", () => {
  test("of one producer leaves the others out", async () => {
    stop();
    const made = [virtualProducer(), virtualProducer({ streamName: "other" })];
    stop = traceProducers({ producer: made[1]?.producer as object });
    for (const { producer, clock, start } of made) {
      await start();
      producer.enqueue(record);
      await clock.advanceAsync(100);
    }

    expect(otel.spans().map(({ name }) => name)).toEqual(["send other"]);
  });

  test("uses the provider that is passed", async () => {
    stop();
    using other = startOtel();
    otel.provider.register();
    stop = traceProducers({ tracerProvider: other.provider });
    const { producer, clock, start } = virtualProducer();
    await start();
    producer.enqueue(record);
    await clock.advanceAsync(100);

    expect([otel.spans().length, other.spans().length]).toEqual([0, 1]);
  });

  test("that is stopped ends the spans in flight, and makes no more", async () => {
    const { producer, clock, transport, start } = virtualProducer();
    await start();
    transport.next("hold");
    producer.enqueue(record);
    await clock.advanceAsync(100);

    stop();
    stop();
    transport.held[0]?.answer(acceptByRange(evenShards(1)));
    await clock.settle();
    producer.enqueue(record);
    await clock.advanceAsync(100);

    expect(transport.requests).toHaveLength(2);
    expect(otel.spans()).toHaveLength(1);
  });

  test("leaves the sampler its choice", async () => {
    stop();
    otel[Symbol.dispose]();
    otel = startOtel({ sampler: new TraceIdRatioBasedSampler(0) });
    stop = traceProducers();
    const { producer, clock, outcomes, start } = virtualProducer();
    await start();
    producer.enqueue(record);
    await clock.advanceAsync(100);

    expect(otel.spans()).toEqual([]);
    expect(outcomes).toHaveLength(1);
  });
});
