import { didYouMean } from "../../wording/nearest-name.js";
import { type OptionValues, wrongValue } from "../option-table.js";
import { UsageError } from "../usage-error.js";
import type { LoadPlan } from "./load-plan.js";

type ModeOptions = Pick<LoadPlan["producer"], "aggregation" | "ordering" | "compression">;

/** A way to send records, by its name in the report. */
export interface LoadMode {
  readonly name: string;
  readonly producer: ModeOptions;
}

/** The codec of the mode `compressed` unless `--compression` names another one: every Node.js has it. */
const DEFAULT_CODEC = "gzip";

const MODES: Readonly<Record<string, ModeOptions>> = {
  aggregated: { aggregation: true },
  raw: { aggregation: false },
  ordered: { ordering: "shard" },
  "reshard-safe": { aggregation: "reshard-safe" },
  compressed: { compression: DEFAULT_CODEC },
};

/** The names, for the help. */
export const MODE_NAMES: readonly string[] = Object.keys(MODES);

/**
 * Reads `--modes` and `--compression`.
 *
 * @param aggregation - of `--aggregation`; it names the only mode when there is no `--modes`
 * @throws UsageError for an unknown or repeated name, or options that exclude each other
 */
export function readModes(values: OptionValues, aggregation: ModeOptions["aggregation"]): readonly LoadMode[] {
  const text = values.text("modes");
  const codec = readCodec(values);
  if (text === undefined) return [onlyMode(aggregation, codec)];
  if (aggregation !== undefined) {
    throw new UsageError("--modes and --aggregation both choose how records are packed: use only one of them");
  }
  const names = text.split(",");
  if (new Set(names).size < names.length) throw wrongValue("modes", "different names", text);
  if (codec !== undefined && !names.includes("compressed"))
    throw new UsageError(`--compression is for the mode compressed, and --modes ${text} does not have it`);
  return names.map((name) => namedMode(name, codec));
}

/** @throws UsageError when it is no codec of this library */
function readCodec(values: OptionValues): "gzip" | "zstd" | "lz4" | undefined {
  return values.choice("compression", { gzip: "gzip", zstd: "zstd", lz4: "lz4" } as const);
}

function onlyMode(aggregation: ModeOptions["aggregation"], codec: ModeOptions["compression"]): LoadMode {
  // The producer refuses `aggregation: false` with it, and says why.
  if (codec !== undefined)
    return {
      name: "compressed",
      producer: { compression: codec, ...(aggregation === undefined ? {} : { aggregation }) },
    };
  if (aggregation === undefined) return { name: "aggregated", producer: {} };
  const name = aggregation === "reshard-safe" ? aggregation : aggregation ? "aggregated" : "raw";
  return { name, producer: { aggregation } };
}

function namedMode(name: string, codec: ModeOptions["compression"] = DEFAULT_CODEC): LoadMode {
  const producer = Object.hasOwn(MODES, name) ? MODES[name] : undefined;
  if (producer !== undefined) {
    return { name, producer: producer.compression === undefined ? producer : { ...producer, compression: codec } };
  }
  const hint = didYouMean(name, MODE_NAMES) || `; known are ${MODE_NAMES.join(", ")}`;
  throw new UsageError(`--modes has no ${JSON.stringify(name)}${hint}`);
}
