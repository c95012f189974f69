import type { SavedPath } from "./followed-path.js";
import type { SavedLogFile } from "./log-file.js";

const FORMAT = "kinesis-producer positions";
const VERSION = 1;

/** The text of a positions file. */
export function encodePositions(paths: readonly SavedPath[]): string {
  const plain = paths.map(({ path, files, seen }) => ({
    path,
    files: files.map((file) => ({ ...file, dev: String(file.dev), ino: String(file.ino) })),
    seen,
  }));
  return `${JSON.stringify({ format: FORMAT, version: VERSION, paths: plain })}\n`;
}

/**
 * Reads a positions file.
 *
 * @throws Error when it is none, or of another version
 */
export function decodePositions(text: string): SavedPath[] {
  const content: unknown = JSON.parse(text);
  const { format, version, paths } = content as { format?: unknown; version?: unknown; paths?: unknown };
  if (format !== FORMAT || version !== VERSION) {
    throw new Error(
      `its format is ${JSON.stringify(format)}, version ${version}; this program reads version ${VERSION}`,
    );
  }
  if (!Array.isArray(paths)) throw new Error("it has no paths");
  return paths.map(({ path, files, seen }: Record<string, unknown>) => {
    if (typeof path !== "string" || !Array.isArray(files) || !Array.isArray(seen)) throw new Error("a path is damaged");
    return { path, files: files.map(decodeFile), seen: seen.map(String) };
  });
}

function decodeFile({ id, dev, ino, position, headBytes, mark, isFinished }: Record<string, unknown>): SavedLogFile {
  const isWhole =
    typeof id === "string" &&
    Number.isSafeInteger(position) &&
    Number.isSafeInteger(headBytes) &&
    typeof mark === "string";
  if (!isWhole) throw new Error("a file is damaged");
  return {
    id,
    dev: BigInt(String(dev)),
    ino: BigInt(String(ino)),
    position: position as number,
    headBytes: headBytes as number,
    mark,
    isFinished: isFinished === true,
  };
}
