import { SPOOL_VERSION } from "../core/spool/segment-header.js";
import { FORMAT_DRAFT, FORMAT_FILE } from "./file-names.js";
import { messageOf, spoolFailed } from "./spool-error.js";
import type { SpoolFiles } from "./spool-files.js";

const FORMAT = "kinesis-producer spool";
const MAX_BYTES = 4_096;

/**
 * Makes sure that a directory is a spool of this version; makes one of a directory that is empty.
 *
 * @param isOwn - whether a name is no stranger in a new directory
 * @returns rejects with `KP_SPOOL_FAILED` when it is something else; then nothing was changed
 */
export async function checkFormat(
  files: SpoolFiles,
  directory: string,
  isOwn: (name: string) => boolean,
): Promise<void> {
  const names = await files.list();
  if (names.includes(FORMAT_FILE)) {
    await readFormat(files, directory);
    return;
  }
  const strangers = names.filter((name) => !(name === FORMAT_DRAFT || isOwn(name)));
  if (strangers.length > 0) {
    throw spoolFailed(
      `${directory} has no ${FORMAT_FILE}, but ${strangers.slice(0, 3).join(", ")}: it is no spool; name a directory that is empty or new`,
    );
  }
  await writeFormat(files);
}

async function readFormat(files: SpoolFiles, directory: string): Promise<void> {
  const file = await files.open(FORMAT_FILE);
  try {
    const bytes = Buffer.alloc(MAX_BYTES);
    const read = await file.read(bytes, 0);
    const { format, version } = parse(bytes.toString("utf8", 0, read), directory);
    if (format === FORMAT && version === SPOOL_VERSION) return;
    throw spoolFailed(
      `${directory} has the format ${JSON.stringify(format)}, version ${version}; this library reads ${JSON.stringify(FORMAT)}, version ${SPOOL_VERSION}; nothing was changed`,
    );
  } finally {
    await file.close();
  }
}

function parse(text: string, directory: string): { format?: unknown; version?: unknown } {
  try {
    const content: unknown = JSON.parse(text);
    return typeof content === "object" && content !== null ? content : {};
  } catch (cause) {
    throw spoolFailed(`${directory}/${FORMAT_FILE} cannot be read: ${messageOf(cause)}; nothing was changed`, cause);
  }
}

/** Writes the format again, if somebody has removed the directory, and it is there again: the next open wants it. */
export async function restoreFormat(files: SpoolFiles): Promise<void> {
  if (!(await files.list()).includes(FORMAT_FILE)) await writeFormat(files);
}

/** The file gets its name when its bytes are durable: it is there as a whole, or not at all. */
async function writeFormat(files: SpoolFiles): Promise<void> {
  await files.remove(FORMAT_DRAFT);
  const file = await files.create(FORMAT_DRAFT);
  try {
    await file.write(Buffer.from(`${JSON.stringify({ format: FORMAT, version: SPOOL_VERSION })}\n`), 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await files.rename(FORMAT_DRAFT, FORMAT_FILE);
  await files.syncNames();
}
