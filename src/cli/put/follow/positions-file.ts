import { open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { CommandError } from "../../command.js";
import type { SavedPath } from "./followed-path.js";
import { decodePositions, encodePositions } from "./positions.js";

const NAME = "positions.json";
const DRAFT = "positions.json.next";

/** Keeps the positions of followed files in the directory of the spool. Its lock is also theirs. */
export class PositionsFile {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** @throws CommandError when the file is damaged: a new beginning would send every line again, with other ids */
  async read(): Promise<SavedPath[]> {
    const path = join(this.#directory, NAME);
    let text: string;
    try {
      text = await readFile(path, "utf8");
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
      throw error;
    }
    try {
      return decodePositions(text);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new CommandError(
        `${path} cannot be used: ${why}. Without it, every file is read from its beginning: remove it if that is wanted`,
        { cause },
      );
    }
  }

  /**
   * Resolves when the positions are on disk: the file has the old ones or the new ones as a whole.
   *
   * @param isDurable - whether a loss of power must not bring the old ones back
   */
  async save(paths: readonly SavedPath[], isDurable: boolean): Promise<void> {
    const draft = join(this.#directory, DRAFT);
    const handle = await open(draft, "w");
    try {
      await handle.writeFile(encodePositions(paths));
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(draft, join(this.#directory, NAME));
    if (isDurable) await syncNames(this.#directory);
  }
}

async function syncNames(directory: string): Promise<void> {
  // Windows cannot open a directory; NTFS journals its names.
  if (process.platform === "win32") return;
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
