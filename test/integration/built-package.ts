import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT: string = fileURLToPath(new URL("../..", import.meta.url));

/** Time limit of a build on a busy machine. */
export const BUILD_TIMEOUT_MS = 120_000;

/** A build of the package for child processes. */
export interface BuiltPackage extends Disposable {
  /** The folder that is `dist/` in the published package. */
  readonly folder: string;
}

/** Builds the package into its own folder: `dist/` may be missing, stale, or just being built. */
export async function buildPackage(
  name: string,
  { declarations = false }: { readonly declarations?: boolean } = {},
): Promise<BuiltPackage> {
  // Below the root, so that node_modules is found.
  mkdirSync(join(ROOT, "build"), { recursive: true });
  const root = mkdtempSync(join(ROOT, "build", `${name}-`));
  const folder = join(root, "dist");
  // Commands read their version from it.
  copyFileSync(join(ROOT, "package.json"), join(root, "package.json"));
  const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const quick = ["--noCheck", "--declaration", String(declarations), "--isolatedDeclarations", String(declarations)];
  const args = [tsc, "-p", "tsconfig.build.json", ...quick, "--outDir", folder];
  await promisify(execFile)(process.execPath, args, { cwd: ROOT });
  for (const script of ["scripts/build-page.mjs", "scripts/build-chunks.mjs"])
    await promisify(execFile)(process.execPath, [script, folder], { cwd: ROOT });
  return { folder, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) };
}
