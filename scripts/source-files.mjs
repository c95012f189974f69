/** The TypeScript files below a folder. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/**
 * Paths of the `.ts` files below `folder`, relative to it, with `/`, sorted; none when there is no such folder.
 *
 * @param {string} folder
 * @returns {string[]}
 */
export function sourceFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll("\\", "/"),
    )
    .sort();
}
