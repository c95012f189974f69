import { edit } from "./mutant.mjs";

/**
 * The bill of a stream, and the rehearsal behind it.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_BILL = [
  {
    name: "bill: a PUT unit has 25,000 bytes",
    edits: [edit("cli/bill/traffic.ts", "const PUT_UNIT_BYTES = 25 * 1024;", "const PUT_UNIT_BYTES = 25_000;")],
    caughtBy: "test/unit/cli/bill/traffic.test.ts",
  },
  {
    name: "bill: a month has 730 hours",
    edits: [edit("cli/bill/prices.ts", "export const HOURS_PER_MONTH = 720;", "export const HOURS_PER_MONTH = 730;")],
    caughtBy: "test/unit/cli/bill/bill.test.ts",
  },
  {
    name: "bill: the minimum of on-demand advantage is for writes only",
    edits: [
      edit(
        "cli/bill/bill.ts",
        "        missing((month.readers + month.fanOutReaders) * month.gigabytes, prices.gbOut),",
        "        0,",
      ),
    ],
    caughtBy: "test/unit/cli/bill/bill.test.ts",
  },
  {
    name: "bill: retention is billed from the first hour",
    edits: [
      edit(
        "cli/bill/bill.ts",
        "extendedGbMonths: kept(FREE_HOURS, EXTENDED_HOURS)",
        "extendedGbMonths: kept(0, EXTENDED_HOURS)",
      ),
    ],
    caughtBy: "test/unit/cli/bill/bill.test.ts",
  },
  {
    name: "cost: the last, small aggregates of a sample count as the others",
    edits: [
      edit(
        "cli/cost/rehearsal.ts",
        "return steady.userRecords >= records.length / 2 ? steady : stream.delivered();",
        "return stream.delivered();",
      ),
    ],
    caughtBy: "test/unit/cli/cost/rehearsal.test.ts",
  },
  {
    name: "cost: the sample is compressed at another level than that of the producer",
    edits: [edit("cli/cost/codecs.ts", "zlib.gzipSync(bytes, { level: 1 })", "zlib.gzipSync(bytes, { level: 6 })")],
    caughtBy: "test/unit/cli/cost/codecs.test.ts",
  },
  {
    name: "cost: the records of a long linger expire",
    edits: [
      edit("cli/cost/rehearsal.ts", "      recordTtlMs: Number.POSITIVE_INFINITY,\n", "      recordTtlMs: 30_000,\n"),
    ],
    caughtBy: "test/unit/cli/cost/rehearsal.test.ts",
  },
  {
    name: "cost: the shards are counted from the packing of one shard",
    edits: [edit("cli/cost/cost-figures.ts", "    if (needed <= shards) break;\n", "    break;\n")],
    caughtBy: "test/unit/cli/cost/cost-command.test.ts",
  },
];
