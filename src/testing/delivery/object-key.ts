import type { CompressionFormat } from "./delivery-options.js";

/** The version of a delivery stream that was never changed. */
const VERSION = 1;

/** The parts of an object's name. */
export interface NameFacts {
  readonly deliveryStreamName: string;
  /** When the first record of the file came to its buffer. */
  readonly openedAt: Date;
  /** A UUID. */
  readonly id: string;
  /** With its dot, or empty. */
  readonly extension: string;
}

/**
 * The name of an object behind its prefix: `name-version-YYYY-MM-DD-HH-MM-SS-uuid`, in UTC, and the extension. Source:
 * "Configure Amazon S3 object name format", Data Firehose Developer Guide.
 */
export function objectName({ deliveryStreamName, openedAt, id, extension }: NameFacts): string {
  const time = openedAt.toISOString().slice(0, 19).replace(/[T:]/g, "-");
  return `${deliveryStreamName}-${VERSION}-${time}-${id}${extension}`;
}

/** The extension that Firehose appends for a compression. Same source. */
export function defaultExtension(format: CompressionFormat): string {
  return format === "GZIP" ? ".gz" : "";
}
