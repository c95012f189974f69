/**
 * The six disasters of `disasters.test.ts` as a dashboard and a caller see them: metrics in the text of Prometheus, and
 * the causes of the errors.
 */
import { expect, test } from "vitest";
import type { PutRecordsAnswer, Transport } from "../../../src/core/ports.js";
import type { RecordFailedError } from "../../../src/errors.js";
import type { ProducerOptions } from "../../../src/options.js";
import { prometheusText } from "../../../src/prometheus/index.js";
import { evenShards } from "../../../src/testing/even-shards.js";
import { refuseAll, refuseEntries, requestFailure, THROTTLED } from "../../../src/testing/scripted-answers.js";
import { textsOf, type VirtualProducer, virtualProducer, type Watched } from "../../support/virtual-producer.js";

const TTL_MS = 5_000;

/** Twenty puts, then enough time for all of them to fail. */
async function disaster(options: Partial<ProducerOptions>, begin: (run: VirtualProducer) => void, shards = 1) {
  const run = virtualProducer({ recordTtlMs: TTL_MS, ...options }, evenShards(shards));
  await run.start();
  begin(run);
  const puts: Watched<unknown>[] = [];
  for (let i = 0; i < 20; i++) {
    puts.push(run.put({ explicitHashKey: "0", data: "hot" }));
    await run.clock.advanceAsync(100);
  }
  const early = metricsOf(run);
  await run.clock.advanceAsync(20_000);
  return { run, early, late: metricsOf(run), errors: puts.flatMap(({ error }) => error ?? []) };
}

/** The values of the metrics by name, with the label of a code or a shard if there is one. */
function metricsOf({ producer }: VirtualProducer): Map<string, number> {
  const lines = prometheusText(producer, { shards: true }).split("\n");
  return new Map(
    lines.flatMap((line): [string, number][] => {
      const [, name, labels = "", value] = /^kinesis_producer_([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      if (name === undefined || labels.includes("le=")) return [];
      const [, last] = /(?:code|shard)="([^"]*)"/.exec(labels) ?? [];
      return [[last === undefined ? name : `${name} ${last}`, Number(value)]];
    }),
  );
}

function causeOf(
  error: RecordFailedError | undefined,
): { readonly code: unknown; readonly message: string } | undefined {
  const cause = error?.cause as (Error & { readonly code?: unknown }) | undefined;
  return cause === undefined ? undefined : { code: cause.code, message: cause.message };
}

test("an outage: requests fail, none leaves, records age and expire, and the error has the network's as its cause", async () => {
  const refused = requestFailure("ECONNREFUSED", { message: "connect ECONNREFUSED 10.0.0.1:443" });
  const { early, late, errors } = await disaster({}, ({ transport }) =>
    transport.always({ ...refused, isUnsent: true }),
  );

  expect(early.get("oldest_record_age_seconds")).toBe(2);
  expect(early.get("user_records_failed_total")).toBe(0);
  expect(late.get("user_records_expired_total")).toBe(20);
  expect(late.get("failures_total KP_RECORD_EXPIRED")).toBe(20);
  expect(late.get("requests_total")).toBe(0);
  expect(late.get("requests_not_sent_total")).toBe(late.get("request_errors_total ECONNREFUSED"));
  expect(late.get("requests_failed_total")).toBeGreaterThan(10);
  expect(late.get("oldest_record_age_seconds")).toBe(0);
  expect(errors).toHaveLength(20);
  expect(causeOf(errors[0])).toEqual({ code: "ECONNREFUSED", message: refused.message });
});

test("throttling: Kinesis records are throttled, by shard; the cause is the service's refusal", async () => {
  const { early, late, errors } = await disaster({}, ({ transport }) => transport.always(refuseAll(THROTTLED)));

  const throttled = late.get("kinesis_records_throttled_total") ?? 0;
  expect(early.get("kinesis_records_throttled_total")).toBeGreaterThan(3);
  expect(throttled).toBe(late.get(`entry_errors_total ${THROTTLED.errorCode}`));
  expect(throttled).toBe(late.get("shard_kinesis_records_throttled_total shardId-000000000000"));
  expect(late.get("requests_failed_total")).toBe(0);
  expect(late.get("user_records_expired_total")).toBe(20);
  expect(causeOf(errors[0])?.code).toBe(THROTTLED.errorCode);
});

test("one hot shard: only its metrics show it", async () => {
  const shards = evenShards(4);
  const { late, errors } = await disaster(
    {},
    ({ transport }) =>
      transport.always(
        refuseEntries(
          (entry) => textsOf(entry).includes("hot"),
          THROTTLED,
          refuseAll({ errorCode: "X", errorMessage: "x" }),
        ),
      ),
    shards.length,
  );

  const throttled = [...late].filter(
    ([name, value]) => name.startsWith("shard_kinesis_records_throttled") && value > 0,
  );
  expect(throttled.map(([name]) => name)).toEqual(["shard_kinesis_records_throttled_total shardId-000000000000"]);
  expect(late.get("shard_user_records_expired_total shardId-000000000000")).toBe(20);
  expect(errors[0]?.message).toContain("shardId-000000000000");
});

test("requests that hang: they are sent and fail, their time shows, and a copy may be stored", async () => {
  const message = "no answer within requestTimeoutMs (6000 ms)";
  const transport: Transport = {
    putRecords: () =>
      new Promise<PutRecordsAnswer>((resolve) => {
        run.clock.setTimer(6_000, () => resolve(requestFailure("TimeoutError", { message, mayBeStored: true })));
      }),
  };
  let run = undefined as unknown as VirtualProducer;
  const { late, errors } = await disaster({ transport }, (begun) => {
    run = begun;
  });

  expect(late.get("request_errors_total TimeoutError")).toBe(late.get("requests_failed_total"));
  expect(late.get("requests_total")).toBe(late.get("requests_failed_total"));
  expect(late.get("requests_not_sent_total")).toBe(0);
  expect((late.get("request_time_seconds_sum") ?? 0) / (late.get("request_time_seconds_count") ?? 1)).toBe(6);
  expect(errors[0]?.delivery).toBe("unknown");
  expect(causeOf(errors[0])).toEqual({ code: "TimeoutError", message });
});

test("an expired token: the service's code is in the metrics, and in the cause", async () => {
  const message = "The security token is expired";
  const { late, errors } = await disaster({}, ({ transport }) =>
    transport.always(requestFailure("ExpiredTokenException", { message })),
  );

  expect(late.get("request_errors_total ExpiredTokenException")).toBe(late.get("requests_failed_total"));
  expect(late.get("failures_total KP_RECORD_EXPIRED")).toBe(20);
  expect(causeOf(errors[0])).toEqual({ code: "ExpiredTokenException", message });
});

test("access denied: records fail at once by the service's code, and none expires", async () => {
  const message = "not authorized to perform: kinesis:PutRecords";
  const { early, late, errors } = await disaster({}, ({ transport }) =>
    transport.always(requestFailure("AccessDeniedException", { message })),
  );

  expect(early.get("failures_total AccessDeniedException")).toBeGreaterThan(15);
  expect(late.get("failures_total AccessDeniedException")).toBe(20);
  expect(late.get("user_records_expired_total")).toBe(0);
  expect(errors[0]?.serviceCode).toBe("AccessDeniedException");
  expect(causeOf(errors[0])).toEqual({ code: "AccessDeniedException", message });
});
