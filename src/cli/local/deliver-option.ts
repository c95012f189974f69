import { DeliveryStream, folderDestination, type LocalKinesis } from "../../testing/index.js";
import type { OptionValues } from "../option-table.js";
import { UsageError } from "../usage-error.js";

/** How long the end waits. Somebody has pressed Ctrl-C. */
const END_LIMITS: EndLimits = { flushMs: 5_000, closeMs: 1_000 };

/** The longest name of a delivery stream; streams have longer ones. */
const MAX_NAME = 64;

/** The value of `--deliver`, and the stream that it is for. */
export interface DeliverOption {
  readonly folder: string;
  readonly streamName: string;
}

/** The figures of a delivery for the summary. */
export interface Delivered {
  readonly records: number;
  readonly files: number;
  /** Records that were read and are in no file. */
  readonly unwritten: number;
}

/** Limits of the end, in milliseconds. */
interface EndLimits {
  /** For all records of the stream to be read and written. */
  readonly flushMs: number;
  /** Then for those that were read. */
  readonly closeMs: number;
}

/** A delivery that runs. */
export interface RunningDelivery {
  /** Writes all records of the stream, and ends. */
  end(limits?: EndLimits): Promise<Delivered>;
}

/**
 * Reads `--deliver`.
 *
 * @param streamNames - those of `--stream`
 * @throws UsageError unless there is exactly one stream, and its records are kept
 */
export function readDeliver(values: OptionValues, streamNames: readonly string[]): DeliverOption | undefined {
  const folder = values.text("deliver", { pattern: /./, allowed: "a folder" });
  if (folder === undefined) return undefined;
  const [streamName, ...others] = streamNames;
  if (streamName === undefined || others.length > 0) {
    throw new UsageError(`--deliver needs exactly one --stream, got ${streamNames.length}`);
  }
  if (values.text("records") === "count") {
    throw new UsageError("--deliver reads the records, and --records count does not keep them: use only one of them");
  }
  return { folder, streamName };
}

/** Starts to deliver the stream to the folder, a file a second while records come. */
export async function startDelivery(
  kinesis: LocalKinesis,
  { folder, streamName }: DeliverOption,
  warn: (text: string) => void,
): Promise<RunningDelivery> {
  // Loaded here: without --deliver the command starts faster.
  const { KinesisClient } = await import("@aws-sdk/client-kinesis");
  const client = new KinesisClient(kinesis.clientConfig());
  const delivery = new DeliveryStream({
    deliveryStreamName: streamName.slice(0, MAX_NAME),
    source: { client, streamName },
    destination: folderDestination(folder),
    bufferingHints: { intervalInSeconds: 1 },
    appendDelimiterToRecord: true,
    onFailure: ({ stage, error, attempt }) => {
      if (attempt === 1) warn(`--deliver: the ${stage} failed, and is tried again: ${String(error)}`);
    },
  });
  await delivery.start();
  const end = async ({ flushMs, closeMs }: EndLimits = END_LIMITS): Promise<Delivered> => {
    await delivery.flush({ signal: AbortSignal.timeout(flushMs) }).catch(() => {});
    const { unwrittenRecords } = await delivery.close({ timeoutMs: closeMs });
    client.destroy();
    const { recordsWritten, filesWritten } = delivery.stats();
    return { records: recordsWritten, files: filesWritten, unwritten: unwrittenRecords };
  };
  return { end };
}
