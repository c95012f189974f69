/**
 * Paths of the clients that `npm run test:interop` installs.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SOURCES: string = fileURLToPath(new URL("..", import.meta.url));
const INSTALLED: string = fileURLToPath(new URL("../../../build/interop", import.meta.url));

/**
 * The path of an installed file.
 *
 * @throws Error when it does not exist: no test is skipped for that
 */
function installed(...path: string[]): string {
  const whole = join(INSTALLED, ...path);
  if (existsSync(whole)) return whole;
  throw new Error(`${whole} is not there: \`npm run test:interop\` installs it`);
}

/** A program of the Python environment, `aws` or `python`. */
export function pythonProgram(name: "aws" | "python"): string {
  return installed("python", "bin", name);
}

/** Python with moto, which has a DynamoDB for the leases of the KCL. */
export function motoPython(): string {
  return installed("moto", "bin", "python");
}

/** A script of test/interop/python. */
export function pythonScript(name: string): string {
  return join(SOURCES, "python", name);
}

/** The program of test/interop/go. */
export function goProgram(): string {
  return installed("go", "deaggregate");
}

/** A program of test/interop/java as it is installed: its folder, with the version of its client if there are several. */
export type JavaProject = "flink" | "flink-source" | "glue" | "kcl" | "kcl-application" | "kpl" | "kpl-1.0.7" | "sdk";

/** The class path of a program of test/interop/java: its classes and its libraries. */
export function javaClassPath(project: JavaProject): string {
  const folder = installed(`java-${project}`);
  return `${folder}:${join(folder, "*")}`;
}

/** The server gofakes3. */
export function s3ServerProgram(): string {
  return installed("s3", "gofakes3");
}

/** The folder of an npm package: of an emulator, or of the SDK for S3. */
export function npmPackage(client: "emulators" | "glue" | "s3", name: string): string {
  return installed(client, "node_modules", name);
}
