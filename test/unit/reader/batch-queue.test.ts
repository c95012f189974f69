import { expect, it } from "vitest";
import { BatchQueue } from "../../../src/reader/batch-queue.js";

it("gives out as many places as there are, and the next one when a batch is done with", async () => {
  const queue = new BatchQueue<string>(2);
  const reserved: string[] = [];
  const reserve = (name: string): Promise<number> => queue.reserve().then(() => reserved.push(name));
  await reserve("a");
  await reserve("b");
  const third = reserve("c");
  queue.push("first");
  queue.push("second");

  expect(await queue.take()).toBe("first");
  expect(reserved).toEqual(["a", "b"]);
  expect(await queue.take()).toBe("second");
  await third;

  expect(reserved).toEqual(["a", "b", "c"]);
});

it("hands a returned place to the caller that has waited longest", async () => {
  const queue = new BatchQueue<string>(1);
  await queue.reserve();
  const order: string[] = [];
  const waits = ["first", "second"].map((name) => queue.reserve().then(() => order.push(name)));

  queue.release();
  await waits[0];
  expect(order).toEqual(["first"]);

  queue.release();
  await waits[1];
  expect(order).toEqual(["first", "second"]);
});

it("wakes a taker with the next batch", async () => {
  const queue = new BatchQueue<string>(1);
  const taken = queue.take();
  await queue.reserve();
  queue.push("late");

  expect(await taken).toBe("late");
});

it("refuses places once it is closed, and gives out what is there", async () => {
  const queue = new BatchQueue<string>(1);
  await queue.reserve();
  const waiting = queue.reserve();
  queue.push("last");
  queue.close();

  expect([await waiting, await queue.reserve()]).toEqual([false, false]);
  expect([await queue.take(), await queue.take()]).toEqual(["last", undefined]);
});
