import type { Durability } from "../../../spool/index.js";
import type { OptionTable, OptionValues } from "../../option-table.js";
import { readSize } from "../../size-option.js";
import { readTime } from "../../time-option.js";
import { UsageError } from "../../usage-error.js";

/** The options of `put` that make it an agent with a log on disk. */
export const SPOOL_OPTIONS: OptionTable = {
  spool: {
    value: "DIR",
    meaning:
      "write the lines to a log in DIR first, and deliver them from there, also those of earlier runs: docs/agent.md",
  },
  follow: { meaning: "with --spool: read the lines that are added to the files, through every rotation, until Ctrl-C" },
  "poll-interval": { value: "TIME", meaning: "with --follow: how often to look at the files; 250ms by default" },
  "flush-timeout": {
    value: "TIME|infinity",
    meaning: "with --spool: how long to wait for the delivery at the end of the input; infinity by default",
  },
  "spool-max-bytes": {
    value: "SIZE",
    meaning: "most bytes of the log in DIR; when it is full, reading waits; 1gb by default",
  },
  durability: {
    value: "disk|os",
    meaning: "when a line counts as kept: when the disk has it, or the operating system; disk by default",
  },
  "no-record-ids": {
    meaning: "with --spool: records without ids, for --aggregation off, and streams with record distribution AUTO",
  },
};

/** The settings of `--spool`. */
export interface SpoolSettings {
  readonly directory: string;
  readonly maxBytes: number | undefined;
  readonly durability: Durability;
  readonly hasIds: boolean;
  /** How long the delivery may take at the end of the input, in milliseconds. */
  readonly flushTimeoutMs: number;
  /** Undefined: the input has an end. */
  readonly follow: { readonly intervalMs: number } | undefined;
}

const MAX_BYTES: number = 1024 ** 4;

/** Options that have no meaning for a spool, each with the reason. */
const REFUSED: Readonly<Record<string, string>> = {
  replay: "a replay reads its dead letters from a directory already",
  ttl: "a record stays in the spool until it is delivered",
  "record-ids": "a spool gives every record an id, unless --no-record-ids says otherwise",
};

/** The same for files that are followed. */
const REFUSED_TO_FOLLOW: Readonly<Record<string, string>> = {
  skip: "the positions of the files are kept in the directory of --spool",
  "no-gunzip": "a file that is followed is read as it is",
  "flush-timeout": "a file that is followed has no end",
};

/**
 * @returns undefined without `--spool`
 * @throws UsageError for a wrong value, an option that has no meaning here, or files that cannot be followed
 */
export function readSpoolSettings(values: OptionValues): SpoolSettings | undefined {
  const directory = values.text("spool", { pattern: /./, allowed: "a directory" });
  if (directory === undefined) {
    refuseWithoutSpool(values);
    return undefined;
  }
  refuse(values, "spool", REFUSED);
  const hasIds = !values.has("no-record-ids");
  if (hasIds && values.text("aggregation") === "off") {
    throw new UsageError("--spool gives every record an id, which --aggregation off cannot carry: add --no-record-ids");
  }
  return {
    directory,
    maxBytes: readSize(values, "spool-max-bytes", MAX_BYTES),
    durability: values.choice("durability", { disk: "disk", os: "os" } as const) ?? "disk",
    hasIds,
    flushTimeoutMs:
      readTime(values, "flush-timeout", { minMs: 0, maxMs: 7 * 86_400_000, mayBeInfinite: true }) ??
      Number.POSITIVE_INFINITY,
    follow: readFollow(values),
  };
}

function readFollow(values: OptionValues): SpoolSettings["follow"] {
  if (!values.has("follow")) {
    if (values.has("poll-interval")) throw new UsageError("--poll-interval is for --follow");
    return undefined;
  }
  refuse(values, "follow", REFUSED_TO_FOLLOW);
  const { operands } = values;
  if (operands.length === 0 || operands.includes("-")) {
    throw new UsageError("--follow needs files: the standard input has no name under which it goes on");
  }
  const twice = operands.find((file, index) => operands.indexOf(file) < index);
  if (twice !== undefined) throw new UsageError(`${twice} was given more than once`);
  return { intervalMs: readTime(values, "poll-interval", { minMs: 10, maxMs: 3_600_000 }) ?? 250 };
}

function refuseWithoutSpool(values: OptionValues): void {
  if (values.has("follow")) {
    throw new UsageError(
      "--follow needs --spool DIR: the positions of the files are kept there, beside the lines that are not delivered",
    );
  }
  for (const name of Object.keys(SPOOL_OPTIONS)) {
    if (values.has(name)) throw new UsageError(`--${name} is for --spool`);
  }
}

function refuse(values: OptionValues, by: string, reasons: Readonly<Record<string, string>>): void {
  for (const [name, why] of Object.entries(reasons)) {
    if (values.has(name)) throw new UsageError(`--${name} cannot be used with --${by}: ${why}`);
  }
}
