import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type ClientRun, runClient } from "./client-process.js";
import { type JavaProject, javaClassPath } from "./installed.js";

const PROGRAMS: Readonly<Record<JavaProject, string>> = {
  glue: "GlueFrames",
  kcl: "KclReader",
  kpl: "KplProducer",
  sdk: "SdkTutorial",
};

/** Runs the program of a folder of test/interop/java. `properties` are system properties. */
export function runJava(
  project: JavaProject,
  args: readonly string[],
  { properties = {}, ...run }: ClientRun & { readonly properties?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const definitions = Object.entries({ "file.encoding": "UTF-8", ...properties }).map(
    ([name, value]) => `-D${name}=${value}`,
  );
  return runClient("java", ["-Xmx512m", ...definitions, "-cp", javaClassPath(project), PROGRAMS[project], ...args], {
    timeoutMs: 120_000,
    ...run,
  });
}

/** A folder on a file system that allows execution: the KPL unpacks its native program there. */
export async function executableFolder(): Promise<string> {
  const folder = fileURLToPath(new URL("../../../build/interop/kpl", import.meta.url));
  await mkdir(folder, { recursive: true });
  return folder;
}
