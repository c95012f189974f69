import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type SegmentFile, SegmentWriter } from "../../../src/edge/segment-writer.js";

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "segments-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A disk that takes `capacity` bytes, and then only a part of each write. */
function smallDisk(capacity: number): { openFile: (path: string) => Promise<SegmentFile>; opened: () => number } {
  let room = capacity;
  let opened = 0;
  const openFile = async (path: string): Promise<SegmentFile> => {
    const file = await open(path, "wx");
    opened++;
    const write = (async (buffer: Buffer, offset: number, length: number, position: number) => {
      const bytesWritten = Math.min(length, room);
      room -= bytesWritten;
      await file.write(buffer, offset, bytesWritten, position);
      if (bytesWritten === 0) throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
      return { bytesWritten, buffer };
    }) as SegmentFile["write"];
    return {
      write,
      datasync: () => file.datasync(),
      truncate: (bytes) => file.truncate(bytes),
      close: () => file.close(),
    };
  };
  return { openFile, opened: () => opened };
}

const line = Buffer.from("0123456789\n");

test("a disk that is full is left no empty segments, however often it is tried", async () => {
  const folder = temporaryFolder();
  const disk = smallDisk(0);
  const writer = new SegmentWriter(folder, 1_000, disk.openFile);

  for (let i = 0; i < 20; i++) await expect(writer.append(line)).rejects.toMatchObject({ code: "ENOSPC" });
  await writer.close();

  expect(disk.opened()).toBe(20);
  expect(readdirSync(folder)).toEqual([]);
});

test("a disk that becomes full in the middle of a line keeps the whole lines before it", async () => {
  const folder = temporaryFolder();
  const writer = new SegmentWriter(folder, 1_000, smallDisk(27).openFile);
  await writer.append(line);
  await writer.append(line);

  await expect(writer.append(line)).rejects.toMatchObject({ code: "ENOSPC" });
  await expect(writer.append(line)).rejects.toMatchObject({ code: "ENOSPC" });
  await writer.close();

  const [name = "", ...others] = readdirSync(folder);
  expect(others).toEqual([]);
  expect(name).toMatch(/\.ndjson$/);
  expect(readFileSync(join(folder, name), "utf8")).toBe(`${line}${line}`);
});

test("there is no segment, and no mark, before there is a line", async () => {
  const folder = temporaryFolder();

  await new SegmentWriter(folder, 1_000).close();

  expect(readdirSync(folder)).toEqual([]);
});
