import type { Command, Terminal } from "../command.js";
import type { OptionValues } from "../option-table.js";
import { costOf } from "./cost-figures.js";
import { COST_OPTIONS, readCostOptions } from "./cost-options.js";
import { describeCost } from "./describe-cost.js";

const NOTES = `Prices a month of a stream in each capacity mode, with its records raw, aggregated and compressed. Calls no service:
  kinesis-producer cost --rate 1000 --size 3kb --readers 1 --hours 720 --json
  kinesis-producer cost --rate 20000 --size 300 --ratio 5 --readers 2 \\
    --fan-out 1 --retention 7d
  kinesis-producer cost --rate 5000 --file events.ndjson --key user.id \\
    --compression zstd
  kinesis-producer cost --show-prices > prices.json
  kinesis-producer cost --prices prices.json

Records are packed by the real producer, in virtual time, at the given rate. The records of --file are sent once each: a sample of
a few MiB from the real stream is best. With --size, the data is not compressed, unless --ratio assumes how well.

A TIME is 200ms, 24h or 7d; a plain number is in milliseconds. More: docs/cost.md.`;

/** `kinesis-producer cost`: the bill of a month, before there is a stream. */
export const costCommand: Command = {
  name: "cost",
  summary: "estimate the bill of a stream, with records raw, aggregated and compressed",
  options: COST_OPTIONS,
  notes: NOTES,
  run: runCost,
};

async function runCost(values: OptionValues, terminal: Terminal): Promise<void> {
  const options = readCostOptions(values);
  if (options.output === "prices") {
    terminal.out(JSON.stringify(options.use.prices, undefined, 2));
    return;
  }
  const summary = await costOf(options);
  terminal.out(options.output === "json" ? JSON.stringify(summary) : describeCost(summary));
}
