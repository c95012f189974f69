import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type ClientRun, runClient } from "./client-process.js";
import { type JavaProject, javaClassPath } from "./installed.js";

const PROGRAMS: Readonly<Record<JavaProject, string>> = {
  flink: "FlinkJob",
  "flink-source": "FlinkSourceRecords",
  glue: "GlueFrames",
  kcl: "KclReader",
  "kcl-application": "KclApplication",
  kpl: "KplProducer",
  "kpl-1.0.7": "KplProducer",
  sdk: "SdkTutorial",
};

/** Flink reads fields of these packages. */
const OPENED = ["java.lang", "java.time", "java.util"].map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`);

/** The arguments of `java` for a program of test/interop/java. `properties` are system properties. */
export function javaArguments(
  project: JavaProject,
  args: readonly string[],
  properties: Readonly<Record<string, string>> = {},
): string[] {
  const definitions = Object.entries({ "file.encoding": "UTF-8", ...properties }).map(
    ([name, value]) => `-D${name}=${value}`,
  );
  const heap = project === "flink" ? ["-Xmx768m", ...OPENED] : ["-Xmx512m"];
  return [...heap, ...definitions, "-cp", javaClassPath(project), PROGRAMS[project], ...args];
}

/** Runs a program of test/interop/java. `properties` are system properties. */
export function runJava(
  project: JavaProject,
  args: readonly string[],
  { properties = {}, ...run }: ClientRun & { readonly properties?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  return runClient("java", javaArguments(project, args, properties), { timeoutMs: 120_000, ...run });
}

/** A folder on a file system that allows execution: the KPL of this version unpacks its native program there. */
export async function executableFolder(project: JavaProject): Promise<string> {
  const folder = fileURLToPath(new URL(`../../../build/interop/unpacked-${project}`, import.meta.url));
  await mkdir(folder, { recursive: true });
  return folder;
}
