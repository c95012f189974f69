import { describe, expect, it } from "vitest";
import { SPOOL_METRICS } from "../../../src/exporting/catalogue.js";
import { Sampler } from "../../../src/exporting/sampler.js";
import { prometheusText } from "../../../src/prometheus/index.js";
import { producerStats, scriptedSource, spoolStats } from "../../support/sample-stats.js";

const SPOOL = { ...producerStats(), spool: spoolStats() };

describe("the metrics of a spool", () => {
  it("are those of its snapshot, in base units", () => {
    const lines = prometheusText(scriptedSource(SPOOL)).split("\n");

    expect(lines.filter((line) => line.startsWith("kinesis_producer_spool_"))).toEqual([
      "kinesis_producer_spool_records 900",
      "kinesis_producer_spool_bytes 120000",
      "kinesis_producer_spool_limit_bytes 1000000",
      "kinesis_producer_spool_oldest_record_age_seconds 61",
      "kinesis_producer_spool_lag_bytes 90000",
      "kinesis_producer_spool_waiting_appends 3",
      "kinesis_producer_spool_records_appended_total 1500",
      "kinesis_producer_spool_records_delivered_total 590",
      "kinesis_producer_spool_dead_letters_total 10",
      "kinesis_producer_spool_failed_groups_total 2",
      "kinesis_producer_spool_records_lost_total 1",
    ]);
  });

  it("add up over several spools, except the age of the oldest record", () => {
    const older = { ...producerStats(), spool: spoolStats({ oldestAgeMs: 99_000, records: 100 }) };
    const families = new Sampler({}).sample([SPOOL, producerStats(), older]);
    const numberOf = (name: string): unknown => families.find(({ metric }) => metric.name === name)?.points[0]?.value;

    expect([numberOf("spool_oldest_record_age"), numberOf("spool_records")]).toEqual([99_000, 1_000]);
  });

  it("are registered for the source of a spool only", () => {
    const namesOf = (source: object): number =>
      new Sampler({})
        .metricsOf([Object.assign(scriptedSource(), source)])
        .filter(({ name }) => name.startsWith("spool_")).length;

    expect([namesOf({ hasSpool: true }), namesOf({})]).toEqual([SPOOL_METRICS.length, 0]);
  });

  it("have no point where there is no spool", () => {
    const families = new Sampler({}).sample([producerStats()]).filter(({ metric }) => metric.name.startsWith("spool_"));

    expect(families.map(({ points }) => points.length)).toEqual(SPOOL_METRICS.map(() => 0));
    expect(prometheusText(scriptedSource())).not.toContain("spool");
  });
});
