import { Readable } from "node:stream";
import type { Terminal } from "../../src/cli/command.js";
import { runCommandLine } from "../../src/cli/command-line.js";
import {
  type DeaggregatedRecord,
  deaggregate,
  deaggregateAll,
  UnreadableRecordError,
} from "../../src/deaggregate/index.js";
import { kinesisHandler } from "../../src/lambda/index.js";
import { readCompressedForm } from "../../src/wire/compressed-form.js";
import { openAggregate } from "../../src/wire/decode/aggregate-decoder.js";
import { aggregateOf } from "../support/proto-bytes.js";
import type { CompressedInput } from "./compressed-input.js";
import { measured, must } from "./measured.js";

const SEQUENCE_NUMBER = "4951";
const EVERY_HANDLER = 8;
const EVERY_COMMAND = 64;

/** The result of an input, for the counts of the report. `untouched`: it came out as it is. */
export type CompressedKind = "opened" | "unreadable" | "untouched";

/**
 * Reads the record in every way, and checks that each way gives the records inside, or an error that names the record.
 *
 * @param turn - selects the ways that are checked besides `deaggregate`
 * @throws Error that says what was wrong
 */
export async function checkCompressed(input: CompressedInput, turn: number): Promise<CompressedKind> {
  const record = { data: input.data, partitionKey: "p", sequenceNumber: SEQUENCE_NUMBER };
  const { maxDecompressedBytes, codecs } = input;
  const options = { maxDecompressedBytes, codecs, onDropped: () => {} };
  const opened = openedBytes(input);
  const answer = measured(input.data.length, opened, () => attempt(() => [...deaggregate(record, options)]));
  const kind = kindOf(input, answer);
  const neighbour = { data: Buffer.from("beside"), partitionKey: "b" };
  const all = attempt(() => [...deaggregateAll([neighbour, record, neighbour], options)]);
  if (answer instanceof UnreadableRecordError) must(String(all) === String(answer), "deaggregateAll has another error");
  else must(same((all as DeaggregatedRecord[]).slice(1, -1), answer), "deaggregateAll has other records");
  if (turn % EVERY_HANDLER === 0) await checkHandler(input, answer);
  if (turn % EVERY_COMMAND === 0) await checkCommand(input, answer);
  return kind;
}

type Answer = readonly DeaggregatedRecord[] | UnreadableRecordError;

/** Anything else that is thrown is a failure of the fuzz. */
function attempt(read: () => DeaggregatedRecord[]): Answer {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UnreadableRecordError)) throw error;
    must(
      error.code === "KP_UNREADABLE_RECORD" && error.sequenceNumber === SEQUENCE_NUMBER,
      "the error names no record",
    );
    must(error.message.startsWith(`the Kinesis record ${SEQUENCE_NUMBER} `), `an odd message: ${error.message}`);
    return error;
  }
}

/** The bytes that may be opened: those of the tag, if they are within the bound. */
function openedBytes({ data, maxDecompressedBytes }: CompressedInput): number {
  const { bytes } = formIn(data) ?? { bytes: 0 };
  return bytes <= maxDecompressedBytes ? bytes : 0;
}

function formIn(data: Buffer) {
  const outer = openAggregate(data, true);
  const tag = outer?.recordCount === 1 && outer.readableCount === 1 ? outer.tagsOf(0)?.tags?.["~c"] : undefined;
  return tag === undefined ? undefined : readCompressedForm(tag);
}

function kindOf(input: CompressedInput, answer: Answer): CompressedKind {
  const { data, records, codecs, maxDecompressedBytes } = input;
  const form = formIn(data);
  if (records !== undefined && form !== undefined) {
    const isReadable = form.bytes <= maxDecompressedBytes && (form.codec !== "mine" || codecs.length > 0);
    must(
      isReadable === !(answer instanceof UnreadableRecordError),
      "a good record is not read, or one without its codec",
    );
  }
  if (answer instanceof UnreadableRecordError) return "unreadable";
  if (form === undefined) return "untouched";
  must(answer.length <= form.records, "more records than the tag says");
  for (const [i, each] of answer.entries()) must(each.aggregated && each.subSequenceNumber === i, "a wrong index");
  if (records === undefined) return "opened";
  must(answer.length === records.length, "another number of records");
  for (const [i, { key, data: bytes }] of records.entries()) {
    must(answer[i]?.partitionKey === key && Buffer.from(bytes).equals(answer[i].data), "another record comes out");
  }
  return "opened";
}

function same(some: readonly DeaggregatedRecord[], others: readonly DeaggregatedRecord[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ data, partitionKey, subSequenceNumber }, i) => {
      const other = others[i] as DeaggregatedRecord;
      const isAlike = partitionKey === other.partitionKey && subSequenceNumber === other.subSequenceNumber;
      return isAlike && Buffer.compare(data, other.data) === 0;
    })
  );
}

async function checkHandler({ data, maxDecompressedBytes, codecs }: CompressedInput, answer: Answer): Promise<void> {
  const seen: DeaggregatedRecord[] = [];
  const handler = kinesisHandler((each) => void seen.push(each), {
    maxDecompressedBytes,
    codecs,
    onError: () => {},
    onDropped: () => {},
  });
  const kinesis = { data: data.toString("base64"), sequenceNumber: SEQUENCE_NUMBER, partitionKey: "p" };
  const behind = { data: "AAAA", sequenceNumber: "4952", partitionKey: "q" };

  const { batchItemFailures } = await handler({ Records: [{ kinesis }, { kinesis: behind }] }, {});

  const failed = batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).join();
  if (answer instanceof UnreadableRecordError) {
    must(failed === SEQUENCE_NUMBER && seen.length === 0, "the batch does not fail from the record on");
  } else must(failed === "" && same(seen.slice(0, -1), answer), "the handler gets other records");
}

/** The command line has no codecs of the caller, and the default bound. */
async function checkCommand({ data }: CompressedInput, answer: Answer): Promise<void> {
  const out: string[] = [];
  const errors: string[] = [];
  const line = JSON.stringify({ Data: data.toString("base64"), SequenceNumber: SEQUENCE_NUMBER });
  const good = JSON.stringify({ Data: aggregateOf().toString("base64"), PartitionKey: "good" });
  const terminal: Terminal = {
    out: (text) => void out.push(String(text)),
    outputReady: async () => true,
    err: (text) => void errors.push(text),
    isWatched: false,
    input: () => Readable.from([Buffer.from(`${line}\n${good}\n`)]),
    interrupted: new Promise(() => {}),
  };

  const status = await runCommandLine(["deaggregate", "--quiet"], terminal);

  must(
    out.some((text) => text.includes('"good"')),
    "the command does not go on behind the record",
  );
  const isComplaint = errors.some((text) => text.includes(`the Kinesis record ${SEQUENCE_NUMBER} `));
  must(status === 0 || (status === 1 && isComplaint), `the command ends with ${status}: ${errors.join("; ")}`);
  if (!(answer instanceof UnreadableRecordError) && status === 0) must(out.length >= 1, "the command prints nothing");
}
