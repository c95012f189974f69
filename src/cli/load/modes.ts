import { didYouMean } from "../../wording/nearest-name.js";
import { type OptionValues, wrongValue } from "../option-table.js";
import { UsageError } from "../usage-error.js";
import type { LoadPlan } from "./load-plan.js";

type ModeOptions = Pick<LoadPlan["producer"], "aggregation" | "ordering">;

/** A way to send records, by its name in the report. */
export interface LoadMode {
  readonly name: string;
  readonly producer: ModeOptions;
}

const MODES: Readonly<Record<string, ModeOptions>> = {
  aggregated: { aggregation: true },
  raw: { aggregation: false },
  ordered: { ordering: "shard" },
  "reshard-safe": { aggregation: "reshard-safe" },
};

/** The names, for the help. */
export const MODE_NAMES: readonly string[] = Object.keys(MODES);

/**
 * Reads `--modes`.
 *
 * @param aggregation - of `--aggregation`; it names the only mode when there is no `--modes`
 * @throws UsageError for an unknown or repeated name, or both options
 */
export function readModes(values: OptionValues, aggregation: ModeOptions["aggregation"]): readonly LoadMode[] {
  const text = values.text("modes");
  if (text === undefined) return [onlyMode(aggregation)];
  if (aggregation !== undefined) {
    throw new UsageError("--modes and --aggregation both choose how records are packed: use only one of them");
  }
  const names = text.split(",");
  if (new Set(names).size < names.length) throw wrongValue("modes", "different names", text);
  return names.map(namedMode);
}

function onlyMode(aggregation: ModeOptions["aggregation"]): LoadMode {
  if (aggregation === undefined) return { name: "aggregated", producer: {} };
  const name = aggregation === "reshard-safe" ? aggregation : aggregation ? "aggregated" : "raw";
  return { name, producer: { aggregation } };
}

function namedMode(name: string): LoadMode {
  const producer = Object.hasOwn(MODES, name) ? MODES[name] : undefined;
  if (producer !== undefined) return { name, producer };
  const hint = didYouMean(name, MODE_NAMES) || `; known are ${MODE_NAMES.join(", ")}`;
  throw new UsageError(`--modes has no ${JSON.stringify(name)}${hint}`);
}
