/**
 * Runs a TypeScript program of `test/` without a test runner: `node scripts/run-program.mjs <file> [options of its own]`.
 * The program exports `main(arguments)`, which resolves with the exit code.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { transpileTree } from "./transpile.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const [file = "", ...args] = process.argv.slice(2);
const tree = join(root, "build", `program-${process.pid}`);
process.once("exit", () => rmSync(tree, { recursive: true, force: true }));
transpileTree(root, tree, [
  "src",
  "test/support",
  "test/reliability",
  "test/soak",
  "test/fuzz",
  "test/interop/support",
]);
const { main } = await import(pathToFileURL(join(tree, file.replace(/\.ts$/, ".js"))).href);
process.exitCode = await main(args);
