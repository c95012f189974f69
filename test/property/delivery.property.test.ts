/**
 * Delivery streams in virtual time, with a random transform and a destination that fails: every record has exactly one fate,
 * and files of a prefix have the records of a key in the order of the stream.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { DeliveredFile, DeliveryStreamOptions, DeliveryTransformEvent } from "../../src/testing/index.js";
import { PipelineUnderTest } from "../unit/testing/delivery/pipeline-under-test.js";

const KINDS = ["ok", "drop", "fail", "forget", "double"] as const;
type Kind = (typeof KINDS)[number];

interface Event {
  readonly id: number;
  readonly user: number | null;
  readonly kind: Kind;
}

type Step =
  | { readonly do: "take"; readonly events: readonly Omit<Event, "id">[] }
  | { readonly do: "pass"; readonly ms: number }
  | { readonly do: "flush" }
  /** The next puts fail; with `isStored` the file was stored before. */
  | { readonly do: "refuse puts"; readonly count: number; readonly isStored: boolean }
  | { readonly do: "fail invocations"; readonly count: number };

const event = fc.record({
  user: fc.option(fc.integer({ min: 0, max: 2 }), { freq: 8 }),
  kind: fc.constantFrom(...KINDS),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("take" as const), events: fc.array(event, { maxLength: 8 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("pass" as const), ms: fc.integer({ min: 0, max: 400_000 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("flush" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("refuse puts" as const),
      count: fc.integer({ min: 1, max: 4 }),
      isStored: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("fail invocations" as const), count: fc.integer({ min: 1, max: 6 }) }),
  },
);

const configuration = fc.record({
  hasTransform: fc.boolean(),
  isPartitioned: fc.boolean(),
  intervalInSeconds: fc.constantFrom(0, 1, 300),
  bufferIntervalInSeconds: fc.constantFrom(0, 60),
});
type Configuration = typeof configuration extends fc.Arbitrary<infer Value> ? Value : never;

/** One run, with the state that its transform and its destination share with the steps. */
class Run {
  readonly events: Event[] = [];
  /** The last content under each key; the order is that of the first put. */
  readonly stored = new Map<string, string>();
  readonly under: PipelineUnderTest;
  readonly waits: Promise<void>[] = [];
  refusals = 0;
  isStoredFirst = false;
  failures = 0;

  constructor({ hasTransform, isPartitioned, intervalInSeconds, bufferIntervalInSeconds }: Configuration) {
    const partitioned: Partial<DeliveryStreamOptions> = {
      dynamicPartitioning: { query: { user: ".user" }, maxActivePartitions: 2 },
      prefix: "files/!{partitionKeyFromQuery:user}/",
      errorOutputPrefix: "errors/!{firehose:error-output-type}/",
    };
    const plain: Partial<DeliveryStreamOptions> = {
      prefix: "files/",
      errorOutputPrefix: "errors/!{firehose:error-output-type}/",
      bufferingHints: { intervalInSeconds },
    };
    this.under = new PipelineUnderTest({
      ...(isPartitioned ? partitioned : plain),
      appendDelimiterToRecord: true,
      destination: { put: (file: DeliveredFile) => this.#put(file) },
      ...(hasTransform ? { transform: { handler: (given) => this.#transform(given), bufferIntervalInSeconds } } : {}),
    });
  }

  async play(steps: readonly Step[]): Promise<void> {
    for (const each of steps) {
      if (each.do === "take") await this.#take(each.events);
      if (each.do === "pass") await this.under.pass(each.ms);
      if (each.do === "flush") this.waits.push(this.under.pipeline.flush());
      if (each.do === "fail invocations") this.failures = each.count;
      if (each.do === "refuse puts") {
        this.refusals = each.count;
        this.isStoredFirst = each.isStored;
      }
    }
  }

  /** Events by the folder of their file, in the order of files and lines. */
  linesOf(folder: string): Map<string, Event[]> {
    const lines = new Map<string, Event[]>();
    for (const [key, text] of this.stored) {
      if (!key.startsWith(folder)) continue;
      const prefix = key.slice(0, key.indexOf("/d-1-"));
      const parsed = text
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Event & { rawData?: string });
      const events = parsed.map((each) => (each.rawData === undefined ? each : decoded(each.rawData)));
      lines.set(prefix, [...(lines.get(prefix) ?? []), ...events]);
    }
    return lines;
  }

  async #take(events: readonly Omit<Event, "id">[]): Promise<void> {
    const numbered = events.map((each) => ({ id: this.events.push(each as Event) - 1, ...each }));
    for (const each of numbered) this.events[each.id] = each;
    await this.under.take(...numbered.map((each) => JSON.stringify(each)));
  }

  async #put({ key, body }: DeliveredFile): Promise<void> {
    const isRefused = this.refusals-- > 0;
    if (!isRefused || this.isStoredFirst) this.stored.set(key, Buffer.from(body).toString());
    if (isRefused) throw new Error("refused");
  }

  #transform({ records }: DeliveryTransformEvent): unknown {
    if (this.failures-- > 0) throw new Error("failed");
    const results = records.flatMap(({ recordId, data }) => {
      const { kind } = decoded(data);
      const ok = { recordId, result: "Ok", data };
      if (kind === "forget") return [];
      if (kind === "double") return [ok, ok];
      if (kind === "ok") return [ok];
      return [{ recordId, result: kind === "drop" ? "Dropped" : "ProcessingFailed" }];
    });
    return { records: results.reverse() };
  }
}

function decoded(data: string): Event {
  return JSON.parse(Buffer.from(data, "base64").toString()) as Event;
}

function ids(events: Iterable<readonly Event[]>): number[] {
  return [...events].flat().map(({ id }) => id);
}

test("every record is in one file, was dropped, or is in one error file, in the order of the stream", async () => {
  await fc.assert(
    fc.asyncProperty(configuration, fc.array(step, { maxLength: 20 }), async (config, steps) => {
      const run = new Run(config);
      await run.play(steps);
      run.waits.push(run.under.pipeline.flush());
      await run.under.pass(1_000_000);
      await Promise.all(run.waits);

      const inFiles = ids(run.linesOf("files/").values());
      const inErrors = ids(run.linesOf("errors/").values());
      const told = [...inFiles, ...inErrors];
      const stats = run.under.pipeline.stats();
      const missing = run.events.filter(({ id }) => !told.includes(id));
      expect(new Set(told).size).toBe(told.length);
      expect(missing.every(({ kind }) => config.hasTransform && kind === "drop")).toBe(true);
      if (config.hasTransform) {
        expect(inFiles.every((id) => run.events[id]?.kind === "ok")).toBe(true);
      }
      for (const [prefix, events] of run.linesOf("files/")) {
        const order = events.map(({ id }) => id);
        expect(order, prefix).toEqual(order.toSorted((a, b) => a - b));
        if (config.isPartitioned) expect(events.every(({ user }) => prefix === `files/${user}`)).toBe(true);
      }
      expect(stats).toMatchObject({
        recordsRead: run.events.length,
        recordsWritten: inFiles.length,
        recordsFailed: inErrors.length,
        recordsDropped: missing.length,
        recordsHeld: 0,
        bytesHeld: 0,
        activePartitions: 0,
      });
      expect(run.under.clock.pendingTimers).toBe(0);
    }),
    { numRuns: 300 },
  );
});

test("whenever it is ended, each record has a fate or is held, and the unwritten files are reported", async () => {
  await fc.assert(
    fc.asyncProperty(configuration, fc.array(step, { maxLength: 12 }), async (config, steps) => {
      const run = new Run(config);
      await run.play(steps);
      for (const each of run.waits) each.catch(() => {});

      run.under.pipeline.end(new Error("closed"));
      await run.under.clock.settle();

      const stats = run.under.pipeline.stats();
      const { recordsRead, recordsWritten, recordsDropped, recordsFailed, recordsHeld } = stats;
      const unwritten = run.under.pipeline.unwritten().reduce((sum, { records }) => sum + records, 0);
      expect(recordsWritten + recordsDropped + recordsFailed + recordsHeld).toBe(recordsRead);
      expect(unwritten).toBeLessThanOrEqual(recordsHeld);
      expect(run.under.clock.pendingTimers).toBe(0);
      await run.under.pass(1_000_000);
      expect(run.under.pipeline.stats()).toEqual(stats);
    }),
    { numRuns: 150 },
  );
});
