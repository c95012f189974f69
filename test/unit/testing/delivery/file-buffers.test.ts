import { describe, expect, test } from "vitest";
import { type BufferedFile, FileBuffers, type FileLane } from "../../../../src/testing/delivery/file-buffers.js";

const A: FileLane = { id: "a", keyValues: [] };
const B: FileLane = { id: "b", keyValues: [] };

function item(bytes: number, arrival = 0) {
  return { data: new Uint8Array(bytes), generation: 0, arrival: new Date(arrival), sourceBytes: bytes };
}

function at(now: number) {
  return { now, epoch: 1_000_000 + now };
}

function shapes(files: readonly BufferedFile[]): [string, number, number][] {
  return files.map(({ lane, items, bytes }) => [lane.id, items.length, bytes]);
}

describe("the buffers of files", () => {
  test("close a file at its size, and before a record that would exceed it", () => {
    const buffers = new FileBuffers(100, 1_000);

    expect(shapes(buffers.add(A, item(99), at(0)))).toEqual([]);
    expect(shapes(buffers.add(A, item(1), at(0)))).toEqual([["a", 2, 100]]);
    expect(shapes(buffers.add(A, item(60), at(0)))).toEqual([]);
    expect(shapes(buffers.add(A, item(41), at(0)))).toEqual([["a", 1, 60]]);
    expect(shapes(buffers.add(A, item(200), at(0)))).toEqual([
      ["a", 1, 41],
      ["a", 1, 200],
    ]);
    expect(buffers.dueAt).toBeUndefined();
  });

  test("count the size and the time of each lane separately", () => {
    const buffers = new FileBuffers(100, 1_000);
    buffers.add(A, item(90), at(0));
    buffers.add(B, item(90), at(400));
    buffers.add(A, item(1), at(999));

    expect(buffers.dueAt).toBe(1_000);
    expect(shapes(buffers.takeDue(999))).toEqual([]);
    expect(shapes(buffers.takeDue(1_000))).toEqual([["a", 2, 91]]);
    expect(buffers.dueAt).toBe(1_400);
    expect(shapes(buffers.takeAll())).toEqual([["b", 1, 90]]);
    expect(buffers.dueAt).toBeUndefined();
  });

  test("tell when a file was opened, and when its oldest record arrived", () => {
    const buffers = new FileBuffers(100, 1_000);
    buffers.add(A, item(1, 50), at(7));
    buffers.add(A, item(1, 40), at(8));
    buffers.add(A, item(1, 60), at(9));

    expect(buffers.takeAll()).toMatchObject([{ openedAt: new Date(1_000_007), oldestArrival: new Date(40) }]);
  });
});
