/**
 * Whether a value is of the kind that an option takes.
 *
 * @module
 */
import type { ProducerOptions } from "./options.js";

const STREAM_NAME = /^[a-zA-Z0-9_.-]{1,128}$/;
const STREAM_ARN = /^arn:[\w-]+:kinesis:[\w-]+:\d{12}:stream\/([a-zA-Z0-9_.-]{1,128})$/;

/** Whether the service could have a stream of this name. */
export function isStreamName(name: unknown): name is string {
  return typeof name === "string" && STREAM_NAME.test(name);
}

/** The name in the ARN of a stream; undefined for any other value. */
export function streamNameOf(streamArn: unknown): string | undefined {
  return typeof streamArn === "string" ? STREAM_ARN.exec(streamArn)?.[1] : undefined;
}

/** A part of a host name, which a region becomes. */
export const REGION: RegExp = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/;

/** Whether a value is a URL of HTTP. */
export function isHttpUrl(value: unknown): boolean {
  return typeof value === "string" && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}

/** Whether a value has the keys of an access key, without which the SDK cannot sign. */
export function hasKeys(value: unknown): boolean {
  const { accessKeyId, secretAccessKey } = (value ?? {}) as { readonly [name: string]: unknown };
  return typeof accessKeyId === "string" && typeof secretAccessKey === "string";
}

/** Whether a value has at least one certificate in PEM. */
export function isPem(value: unknown): boolean {
  if (typeof value === "string") return value.includes("-----BEGIN ");
  return value instanceof Uint8Array && Buffer.from(value).includes("-----BEGIN ");
}

/** Signals of `closeOnSignals`. */
export const CLOSING_SIGNALS: ReadonlySet<unknown> = new Set<NonNullable<ProducerOptions["closeOnSignals"]>[number]>([
  "SIGTERM",
  "SIGINT",
  "SIGHUP",
]);

/** Whether a value has a method of this name. */
export function has(method: string): (value: unknown) => boolean {
  return (value) => typeof (value as Record<string, unknown> | null)?.[method] === "function";
}

const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

/** Whether lines can be logged: `warn` must be there, and each level that is there must be a method. */
export function isLogger(value: unknown): boolean {
  if (typeof value === "function") return true;
  if (typeof value !== "object" || value === null) return false;
  const logger = value as Readonly<Record<string, unknown>>;
  return has("warn")(logger) && LOG_LEVELS.every((level) => logger[level] === undefined || has(level)(logger));
}
