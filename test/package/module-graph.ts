import { posix } from "node:path";
import { sourceImports } from "../../scripts/source-imports.mjs";

/** The text of a source file; undefined when the file does not exist. */
export type ReadSource = (path: string) => string | undefined;

/** The modules that an entry point loads. */
export interface ModuleGraph {
  /** Files of this package, in the order in which they were found. */
  readonly files: readonly string[];
  /** Packages, each with the file that loads it first. */
  readonly packages: ReadonlyMap<string, string>;
}

/**
 * Follows every import that survives compilation, from one source file on. `import()` counts, because a bundler follows
 * it too.
 *
 * @param which - `"at once"` leaves out what `import()` loads later
 * @throws Error when an import names no file: an incomplete graph proves nothing
 */
export function walkModuleGraph(entry: string, read: ReadSource, which: "all" | "at once" = "all"): ModuleGraph {
  const files = [entry];
  const packages = new Map<string, string>();
  for (const file of files) {
    const text = read(file);
    if (text === undefined) throw new Error(`${file} does not exist`);
    for (const { specifier, typeOnly, isLazy } of sourceImports(file, text)) {
      if (typeOnly || (isLazy && which === "at once")) continue;
      if (!specifier.startsWith(".")) {
        if (!packages.has(specifier)) packages.set(specifier, file);
        continue;
      }
      const path = posix.join(posix.dirname(file), specifier).replace(/\.js$/, ".ts");
      if (!files.includes(path)) files.push(path);
    }
  }
  return { files, packages };
}

const FORBIDDEN_PACKAGES = /^(@aws-sdk\/|@smithy\/|(node:)?https?2?$|(node:)?(net|tls)$)/;
const FORBIDDEN_FILES = /^src\/(pipeline\/|edge\/|producer\.ts$)/;

/** Modules that a consumer of only the format must not load, each with the file or the importer that brings it in. */
export function producerParts(graph: ModuleGraph): string[] {
  const packages = [...graph.packages].filter(([name]) => FORBIDDEN_PACKAGES.test(name));
  const files = graph.files.filter((file) => FORBIDDEN_FILES.test(file));
  return [...packages.map(([name, from]) => `${name} from ${from}`), ...files];
}
