import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DirectoryLock } from "../../../src/locks/directory-lock.js";
import { DirectoryFiles } from "../../../src/spool/directory-files.js";
import type { SpoolFile } from "../../../src/spool/spool-files.js";

const NAME = "00000001.records";

let directory: string;
let lock: DirectoryLock;
let files: DirectoryFiles;
let closings: number;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "directory-files-"));
  lock = await DirectoryLock.take(directory);
  files = new DirectoryFiles(directory, lock);
  closings = 0;
  const file = await files.create(NAME);
  const close = async (): Promise<void> => {
    closings++;
    await file.close();
  };
  const read: SpoolFile["read"] = (into, position) => file.read(into, position);
  files.keep(NAME, { ...file, read, close } as SpoolFile);
  rmSync(join(directory, NAME));
});

afterEach(async () => {
  await files.close();
  lock.release();
  rmSync(directory, { recursive: true });
});

describe("a file that was kept, because somebody has removed it", () => {
  it("is open for every reader, and after the last one", async () => {
    const [one, other] = [await files.open(NAME), await files.open(NAME)];
    await one.close();
    await other.close();

    expect(await (await files.open(NAME)).read(new Uint8Array(1), 0)).toBe(0);
    expect(closings).toBe(0);
  });

  it("is closed by its last reader, when its records have left the spool", async () => {
    const [one, other] = [await files.open(NAME), await files.open(NAME)];

    await files.remove(NAME);
    await one.close();
    expect(closings).toBe(0);
    await other.close();

    expect(closings).toBe(1);
  });

  it("is closed with the spool: no handle is left to the garbage collector", async () => {
    await (await files.open(NAME)).close();

    await files.close();

    expect(closings).toBe(1);
  });
});
