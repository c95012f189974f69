import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { expect, it, onTestFinished } from "vitest";
import { readOptions } from "../../../../../src/cli/option-table.js";
import { PUT_OPTIONS, type PutOptions, readPutOptions } from "../../../../../src/cli/put/put-options.js";

const PAGE = readFileSync("docs/agent.md", "utf8");

/** The blocks of a language on the page. */
function blocks(language: string): string[] {
  return [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(([, text]) => text as string);
}

/** Reads the arguments behind `put` as the command does. */
function read(command: string): PutOptions {
  const words = command
    .replace(/ [<#].*/, "")
    .trim()
    .split(/[\s,]+/);
  const args = words.slice(words.indexOf("put") + 1);
  return readPutOptions(readOptions(args, PUT_OPTIONS, { value: "FILE", meaning: "" }), {});
}

/** The settings of a unit file by name. */
function settings(unit: string): Map<string, string> {
  return new Map([...unit.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name as string, value as string]));
}

it("names commands whose options exist and agree", () => {
  const commands = blocks("sh")
    .join("")
    .split("\n")
    .filter((line) => line.includes("put "));
  expect(commands).toHaveLength(3);

  for (const command of commands) expect(read(command).spool?.directory).toBe("/var/spool/clicks");
});

it("has a unit for systemd that keeps the spool where the unit may write, and ends it cleanly", () => {
  const unit = settings(blocks("ini")[0] as string);

  const { spool, source } = read(unit.get("ExecStart") as string);
  expect(spool?.directory.startsWith(`/var/lib/${unit.get("StateDirectory")}/`)).toBe(true);
  expect(spool?.follow).toBeDefined();
  expect(source).toMatchObject({ files: ["/var/log/app/access.log"] });
  // 1 s for lines that wait, 5 s for records in flight.
  expect(Number(unit.get("TimeoutStopSec"))).toBeGreaterThan(10);
  expect(unit.get("KillSignal")).toBe("SIGTERM");
  expect(unit.get("Restart")).toBe("always");
});

it("has a unit that systemd takes, where systemd is installed", () => {
  const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0;
  const directory = mkdtempSync(join(tmpdir(), "unit-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, "kinesis-clicks.service");
  // The program and the user of the page are not on this machine.
  const unit = (blocks("ini")[0] as string)
    .replace("/usr/local/bin/kinesis-producer", process.execPath)
    .replace("User=kinesis", "User=nobody");
  writeFileSync(path, unit);

  const complaints = hasSystemd ? execFileSync("systemd-analyze", ["verify", path], { stdio: "pipe" }).toString() : "";

  expect(complaints).toBe("");
});

it("has containers whose arguments exist, with the spool on a volume", () => {
  const [compose = "", pod = ""] = blocks("yaml");
  const command = compose.slice(compose.indexOf("command: >"), compose.indexOf("stop_grace_period"));
  const args = pod.slice(pod.indexOf("args: [") + "args: [".length, pod.indexOf("]\n"));

  for (const each of [command, args]) {
    const { spool, source } = read(each);
    expect(spool).toMatchObject({ directory: "/spool/clicks", follow: { intervalMs: 250 } });
    expect(source).toMatchObject({ files: ["/var/log/app/access.log"] });
  }
  expect(compose).toContain('"spool:/spool"');
  expect(pod).toContain("{ name: spool, mountPath: /spool }");
  expect(blocks("dockerfile")[0]).toContain('ENTRYPOINT ["kinesis-producer"]');
});

it("says what an option does when it is left out", () => {
  expect(read("put --stream c --spool d --follow a").spool?.follow?.intervalMs).toBe(250);
  expect(PAGE).toContain("`--poll-interval` (250 ms)");
});
