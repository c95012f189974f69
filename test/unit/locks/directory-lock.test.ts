import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it, onTestFinished } from "vitest";
import { DirectoryInUseError, DirectoryLock } from "../../../src/locks/directory-lock.js";
import { end, locksForPrograms, startProgram, temporaryFolder } from "./child-process.js";

/** Takes the lock in another process, with the process id of this one: all containers have a process 1. */
function lockElsewhere(folder: string) {
  const from = JSON.stringify(join(locksForPrograms(), "directory-lock.js"));
  return startProgram(`
    import { DirectoryLock } from ${from};
    Object.defineProperty(process, "pid", { value: ${process.pid} });
    await DirectoryLock.take(${JSON.stringify(folder)});
    console.log("locked")`);
}

async function take(folder: string): Promise<DirectoryLock> {
  const lock = await DirectoryLock.take(folder);
  onTestFinished(() => lock.release());
  return lock;
}

describe("a directory that is locked", () => {
  it("is refused to a second one of the same process, by any of its paths, until it is released", async () => {
    const folder = temporaryFolder();
    const link = `${folder}/link`;
    symlinkSync(folder, link);
    const first = await take(folder);

    await expect(DirectoryLock.take(folder)).rejects.toThrow(DirectoryInUseError);
    await expect(DirectoryLock.take(link)).rejects.toThrow(`${folder} is in use by process ${process.pid} `);
    first.release();
    first.release();
    await take(folder);
  });

  it("by a process with our own number is refused as well, and free when that one is killed", async () => {
    const folder = temporaryFolder();
    const { child } = await lockElsewhere(folder);

    await expect(DirectoryLock.take(folder)).rejects.toThrow(DirectoryInUseError);
    await end(child, "SIGKILL");
    await take(folder);

    expect(readdirSync(folder)).toHaveLength(1);
  });

  it("by a process that stands still is refused", async () => {
    const folder = temporaryFolder();
    const { child } = await lockElsewhere(folder);
    child.kill("SIGSTOP");

    await expect(DirectoryLock.take(folder)).rejects.toThrow(DirectoryInUseError);
  });

  it("may have any length of path", async () => {
    const folder = join(temporaryFolder(), "d".repeat(200), "e".repeat(200));
    mkdirSync(folder, { recursive: true });
    const lock = await take(folder);

    const names = readdirSync(folder);
    await expect(DirectoryLock.take(folder)).rejects.toThrow(DirectoryInUseError);
    lock.release();

    expect(names).toEqual([expect.stringMatching(/^lock-\d+-[0-9a-f]{16}$/)]);
    expect(readdirSync(folder)).toEqual([]);
    await take(folder);
  });
});

it("is never given to two of those that ask at the same moment", async () => {
  for (let round = 0; round < 8; round++) {
    const folder = temporaryFolder();

    const outcomes = await Promise.allSettled([1, 2, 3].map(() => DirectoryLock.take(folder)));

    const owners = outcomes.filter(({ status }) => status === "fulfilled");
    expect(owners.length).toBeLessThanOrEqual(1);
    for (const outcome of outcomes) if (outcome.status === "fulfilled") outcome.value.release();
    expect(readdirSync(folder)).toEqual([]);
  }
});

it("is free though a copy of a lock lies in it, which is no socket", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "lock-1-0123456789abcdef"), "");

  await take(folder);

  expect(readdirSync(folder)).toHaveLength(1);
});

describe("a directory that is removed and made again", () => {
  it("is free, and a renewed lock has it again", async () => {
    const folder = join(temporaryFolder(), "locked");
    mkdirSync(folder);
    const lock = await take(folder);
    rmSync(folder, { recursive: true });
    expect(lock.isThere).toBe(false);
    mkdirSync(folder);

    await lock.renew();
    await lock.renew();

    expect(lock.isThere).toBe(true);
    expect(readdirSync(folder)).toHaveLength(1);
    await expect(DirectoryLock.take(folder)).rejects.toThrow(DirectoryInUseError);
  });

  it("is left to another owner that came first", async () => {
    const folder = join(temporaryFolder(), "locked");
    mkdirSync(folder);
    const lock = await take(folder);
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    await take(folder);

    await expect(lock.renew()).rejects.toThrow(DirectoryInUseError);

    expect(lock.isThere).toBe(false);
  });
});

it("keeps no process from ending", async () => {
  const { child } = await startProgram(`
    import { DirectoryLock } from ${JSON.stringify(join(locksForPrograms(), "directory-lock.js"))};
    await DirectoryLock.take(${JSON.stringify(temporaryFolder())});
    console.log("locked");
    globalThis.setInterval = () => {}`);

  await new Promise((resolve) => child.once("exit", resolve));
  expect(child.exitCode).toBe(0);
});
