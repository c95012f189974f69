import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, expect, it } from "vitest";
import { BUILD_TIMEOUT_MS, type BuiltPackage, buildPackage } from "../integration/built-package.js";
import { runClient } from "./support/client-process.js";
import { pythonProgram } from "./support/installed.js";
import { outputPattern, type TutorialPart, tutorialParts } from "./support/tutorial-page.js";

const PAGE_PORT = "4567";

const parts = tutorialParts(readFileSync("docs/tutorial.md", "utf8"));
const runs = parts.filter((part) => part.kind === "run");

let built: BuiltPackage;
let folder: string;
let port: string;
let terminal: ChildProcess;
let terminalOutput = "";
/** The output of each `run` part. */
let outputs: string[];

beforeAll(async () => {
  built = await buildPackage("tutorial");
  folder = newFolder(join(built.folder, ".."));
  port = String(await freePort());
  for (const part of parts) if (part.kind === "file") writeFileSync(join(folder, part.name), here(part.text));
  const [first] = parts.filter((part) => part.kind === "terminal");
  terminal = await startTerminal(first?.text ?? "");
  outputs = await runAll();
}, 4 * BUILD_TIMEOUT_MS);

afterAll(() => {
  // Unless it has ended, as the last test makes it do.
  const isRunning = terminal !== undefined && terminal.exitCode === null && terminal.signalCode === null;
  if (isRunning && terminal.pid !== undefined) process.kill(-terminal.pid, "SIGKILL");
  built?.[Symbol.dispose]();
});

/** The folder of a reader who has installed the package. */
function newFolder(root: string): string {
  const reader = mkdtempSync(join(root, "reader-"));
  const binaries = join(reader, "node_modules", ".bin");
  mkdirSync(binaries, { recursive: true });
  symlinkSync(root, join(reader, "node_modules", "kinesis-producer"));
  const program = join(root, "dist", "cli", "main.js");
  chmodSync(program, 0o755);
  symlinkSync(program, join(binaries, "kinesis-producer"));
  return reader;
}

/** A port that is free now: the one of the page may be in use. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}

/** The text of a block, with the port of this run. */
function here(text: string): string {
  return text.replaceAll(PAGE_PORT, port);
}

const environment = (): Record<string, string> => ({
  PATH: `${dirname(pythonProgram("aws"))}:${dirname(process.execPath)}:${process.env.PATH ?? ""}`,
  // The variables of the page decide.
  AWS_ACCESS_KEY_ID: "",
  AWS_SECRET_ACCESS_KEY: "",
  AWS_DEFAULT_REGION: "",
  AWS_REGION: "",
  NODE_NO_WARNINGS: "1",
});

/** Runs the commands of the first terminal until the Kinesis listens. */
async function startTerminal(commands: string): Promise<ChildProcess> {
  const command = commands.trimEnd().replace(/ local$/, ` local --port ${port}`);
  const child = spawn("bash", ["-ec", command], {
    cwd: folder,
    env: { ...process.env, ...environment() },
    detached: true,
  });
  const listens = new Promise<void>((resolve, reject) => {
    const take = (chunk: Buffer): void => {
      terminalOutput += chunk;
      if (terminalOutput.includes(`127.0.0.1:${port}`)) resolve();
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.once("close", () => reject(new Error(`it ended: ${terminalOutput}`)));
  });
  await listens;
  return child;
}

/** Runs all commands in one shell, as the second terminal is one; returns the output of each part. */
async function runAll(): Promise<string[]> {
  const line = "---- the next part ----";
  const script = runs.map(({ text }) => `${here(text)}echo '${line}'\n`).join("");
  const printed = await runClient("bash", ["-ec", `cd '${folder}'\n${script}`], {
    env: environment(),
    timeoutMs: 120_000,
  });
  return printed.split(`${line}\n`).slice(0, -1);
}

it("the page has the steps of a beginner, and each command block is one that this test runs", () => {
  const names = parts.flatMap((part) => (part.kind === "file" ? [part.name] : []));
  const commands = runs.map(({ text }) => text).join("");

  expect(names).toEqual([
    ...["aws.config", "producer.py", "consumer.py", "events.ndjson", "lambda.mjs", "metrics.mjs"],
  ]);
  expect(outputs).toHaveLength(runs.length);
  for (const step of ["create-stream", "put-record", "get-records", "delete-stream"]) expect(commands).toContain(step);
});

it.each(runs.map((part, index) => ({ part, index, first: part.text.split("\n", 1)[0] })))(
  "prints what the page says: $first",
  ({ part, index }) => {
    const output = (outputs[index] ?? "").trimEnd();

    if (part.printed === undefined) expect(output).toBe("");
    else expect(output).toMatch(outputPattern(here(part.printed)));
  },
);

it("the consumer in Python counts every record: two of the CLI, and those of the producer", () => {
  const index = runs.findIndex(({ text }) => text.includes("consumer.py"));
  const counts = [...(outputs[index] ?? "").matchAll(/ (\d+) records$/gm)].map(([, count]) => Number(count));

  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(102);
});

it("Ctrl-C in the first terminal prints the summary of the page", async () => {
  const [end] = parts.filter((part): part is Extract<TutorialPart, { kind: "end" }> => part.kind === "end");
  const closed = once(terminal, "close");
  if (terminal.pid !== undefined) process.kill(-terminal.pid, "SIGINT");
  await closed;

  const summary = terminalOutput.slice(terminalOutput.indexOf("Ended."));
  expect(summary.trimEnd()).toMatch(outputPattern(end?.printed ?? ""));
});
