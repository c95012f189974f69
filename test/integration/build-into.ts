import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Builds the package into a folder of the test's own: dist/ may be missing, old, or just being built. The folder must lie
 * below the root, where node_modules is found.
 */
export async function buildInto(folder: string): Promise<void> {
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const quick = ["--noCheck", "--declaration", "false", "--isolatedDeclarations", "false", "--sourceMap", "false"];
  const args = [tsc, "-p", "tsconfig.build.json", ...quick, "--inlineSources", "false", "--outDir", folder];
  await run(process.execPath, args, { cwd: root });
}
