import { join, resolve } from "node:path";
import { InvalidOptionError } from "../base-errors.js";
import type { ClosingSignal, DeadLetterOptions, ProducerOptions, RecordFailedError } from "../index.js";
import { CLOSING_SIGNALS } from "../option-checks.js";
import { show } from "../wording/shown-value.js";
import { wholeNumberProblem } from "../wording/whole-number.js";
import { DEAD_LETTERS } from "./file-names.js";

/**
 * When an append counts. `"disk"`: when the disk has it, so that it survives a loss of power. `"os"`: when the operating
 * system has it, so that it survives the end of the process, also by `kill -9`.
 */
export type Durability = "disk" | "os";

/** Options of the producer that the spool sets itself, or that contradict it. */
export type OptionOfSpool =
  | "onDelivery"
  | "onFailed"
  | "recordTtlMs"
  | "maxAttempts"
  | "failIfThrottled"
  | "onOrderedFailure"
  | "closeOnSignals"
  | "recordIds"
  | "propagate"
  | "serialize";

/** Everything that can be set on a `SpooledProducer`. */
export interface SpoolOptions {
  /** Where the log is kept. Created if it does not exist. One process at a time may have it open. */
  readonly directory: string;
  /**
   * Options of the producer that delivers the records. The spool sets `recordTtlMs` and `maxAttempts` to Infinity.
   * `maxBufferedBytes` is 16 MiB by default: the log on disk is the buffer.
   */
  readonly producer: Omit<ProducerOptions, OptionOfSpool>;
  /**
   * When an append counts.
   * @defaultValue "disk"
   */
  readonly durability?: Durability;
  /**
   * Most bytes of the log. When it is full, appends wait.
   * @defaultValue 1073741824
   */
  readonly maxBytes?: number;
  /**
   * Size at which a file of the log is finished and another begun. A file is removed when all its records are delivered.
   * At most an eighth of `maxBytes`, which is also the default if it is less.
   * @defaultValue 33554432
   */
  readonly segmentBytes?: number;
  /**
   * Whether every record gets an id, which is the same on all its copies, also those after a crash, so that a reader can
   * drop duplicates (`dedupe` of `kinesis-producer/deaggregate`). It needs the envelope: set it to false with
   * `aggregation: false`, and for a stream with record distribution `AUTO`.
   * @defaultValue true
   */
  readonly recordIds?: boolean;
  /** As the producer's option; runs within `append`. */
  readonly propagate?: ProducerOptions["propagate"];
  /**
   * Where records are kept that the service refuses for good. The default directory is `dead-letters` in the spool's
   * own; `kinesis-producer put --replay` sends them again.
   */
  readonly deadLetters?: Partial<DeadLetterOptions>;
  /** Every record that was refused for good, when its dead letter is on disk. */
  readonly onRefused?: (error: RecordFailedError) => void;
  /**
   * Signals on which the spool closes itself, as the producer's option of this name. None by default.
   */
  readonly closeOnSignals?: readonly ClosingSignal[];
}

/** The options with their defaults. Paths are absolute: the program may change its working directory. */
export interface ResolvedSpoolOptions extends SpoolOptions {
  readonly durability: Durability;
  readonly maxBytes: number;
  readonly segmentBytes: number;
  readonly recordIds: boolean;
  readonly deadLetters: DeadLetterOptions;
}

const NAMES: ReadonlySet<string> = new Set([
  "directory",
  "producer",
  "durability",
  "maxBytes",
  "segmentBytes",
  "recordIds",
  "propagate",
  "deadLetters",
  "onRefused",
  "closeOnSignals",
]);

/** Why an option of the producer cannot be set on the producer of a spool. */
const REFUSED: Readonly<Record<OptionOfSpool, string>> = {
  onDelivery: "the spool itself hears the outcomes",
  onFailed: "the spool itself hears the outcomes; see onRefused",
  recordTtlMs: "a record stays in the spool until it is delivered",
  maxAttempts: "a record stays in the spool until it is delivered",
  failIfThrottled: "a record stays in the spool until it is delivered",
  onOrderedFailure: "the spool sends what waits behind a failed record again, in order",
  closeOnSignals: "set it on the spool",
  recordIds: "set it on the spool",
  propagate: "set it on the spool",
  serialize: "the log holds bytes; call it yourself for the data of an append",
};

const DEFAULT_MAX_BYTES: number = 1024 ** 3;
const DEFAULT_SEGMENT_BYTES: number = 32 * 1024 ** 2;
/** The spool has at least this many segments when it is full, so that it can give room back in parts. */
const LEAST_SEGMENTS = 8;
/** Room for the largest record of Kinesis, and segments of a useful size. */
const LEAST_MAX_BYTES: number = 1024 ** 2;

/**
 * Checks the options, and fills in the defaults.
 *
 * @throws {@link InvalidOptionError} for the first one that is unknown or cannot be used
 */
export function resolveSpoolOptions(options: SpoolOptions): ResolvedSpoolOptions {
  if (typeof options !== "object" || options === null) throw wrong("options", "the options of a spool", options);
  for (const name of Object.keys(options)) if (!NAMES.has(name)) throw new InvalidOptionError(name, unknown(name));
  const { directory, producer, durability = "disk", maxBytes = DEFAULT_MAX_BYTES, recordIds = true } = options;
  if (typeof directory !== "string" || directory === "") throw wrong("directory", "the path of a directory", directory);
  if (durability !== "disk" && durability !== "os") throw wrong("durability", '"disk" or "os"', durability);
  if (typeof recordIds !== "boolean") throw wrong("recordIds", "true or false", recordIds);
  checkNumber("maxBytes", maxBytes, LEAST_MAX_BYTES);
  const most = Math.floor(maxBytes / LEAST_SEGMENTS);
  const { segmentBytes = Math.min(DEFAULT_SEGMENT_BYTES, most) } = options;
  checkNumber("segmentBytes", segmentBytes, 1);
  if (segmentBytes > most) {
    throw new InvalidOptionError(
      "segmentBytes",
      `segmentBytes must be at most maxBytes / 8 (${most}), got ${segmentBytes}`,
    );
  }
  checkProducer(producer, recordIds);
  checkCallers(options);
  const path = resolve(directory);
  const deadLetters = deadLettersOf(path, options.deadLetters);
  return { ...options, directory: path, durability, maxBytes, segmentBytes, recordIds, deadLetters };
}

/** Options that would fail when the spool is open already. */
function checkCallers({ closeOnSignals, onRefused, propagate }: SpoolOptions): void {
  for (const [name, value] of Object.entries({ onRefused, propagate })) {
    if (!(value === undefined || typeof value === "function")) throw wrong(name, "a function", value);
  }
  if (closeOnSignals === undefined) return;
  const areRight = Array.isArray(closeOnSignals) && closeOnSignals.every((signal) => CLOSING_SIGNALS.has(signal));
  if (!areRight) throw wrong("closeOnSignals", 'a list of "SIGTERM", "SIGINT" and "SIGHUP"', closeOnSignals);
}

function deadLettersOf(spool: string, given: SpoolOptions["deadLetters"]): DeadLetterOptions {
  if (given === undefined) return { directory: join(spool, DEAD_LETTERS) };
  if (typeof given !== "object" || given === null) throw wrong("deadLetters", "options of dead letters", given);
  const { directory = join(spool, DEAD_LETTERS) } = given;
  if (typeof directory === "string" && directory !== "") return { ...given, directory: resolve(directory) };
  throw wrong("deadLetters.directory", "the path of a directory", directory);
}

function checkProducer(producer: SpoolOptions["producer"], recordIds: boolean): void {
  if (typeof producer !== "object" || producer === null) throw wrong("producer", "the producer's options", producer);
  for (const [name, why] of Object.entries(REFUSED)) {
    if ((producer as Record<string, unknown>)[name] === undefined) continue;
    throw new InvalidOptionError(`producer.${name}`, `producer.${name} cannot be set on a spool: ${why}`);
  }
  if (!recordIds) return;
  const needs = "record ids need the envelope: set recordIds: false on the spool";
  if (producer.aggregation === false) throw new InvalidOptionError("recordIds", `with aggregation: false, ${needs}`);
  if (producer.recordDistribution === "AUTO") {
    throw new InvalidOptionError("recordIds", `with recordDistribution: "AUTO", ${needs}`);
  }
}

function checkNumber(name: string, value: unknown, least: number): void {
  const problem = wholeNumberProblem(name, value, least);
  if (problem !== undefined) throw new InvalidOptionError(name, problem);
}

function wrong(name: string, wanted: string, value: unknown): InvalidOptionError {
  return new InvalidOptionError(name, `${name} must be ${wanted}, got ${show(value)}`);
}

function unknown(name: string): string {
  return `${name} is no option of a spool; options of the producer belong in producer: { ${name}: … }`;
}
