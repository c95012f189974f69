import { expect, it } from "vitest";
import { VirtualFollower } from "../../../../support/virtual-logs.js";

const LOG = "/logs/app.log";

it("gives a line that is read again its id, when the process dies before its position is saved", async () => {
  const follower = new VirtualFollower(LOG);
  follower.logs.append(LOG, "one\ntwo\n");
  follower.death = "before the positions are saved";
  await follower.start();
  follower.death = undefined;
  await follower.start();

  expect(follower.taken.map(([id, text]) => `${id} ${text}`)).toEqual(["f1-0 one", "f1-4 two", "f1-0 one", "f1-4 two"]);
});

it("reads lines again that the spool had not got when the process died", async () => {
  const follower = new VirtualFollower(LOG);
  follower.logs.append(LOG, "one\n");
  follower.death = "before the spool has the lines";
  await follower.start();
  follower.death = undefined;
  await follower.start();

  expect(follower.taken).toEqual([["f1-0", "one"]]);
});

it("repeats nothing after a clean end", async () => {
  const follower = new VirtualFollower(LOG);
  follower.logs.append(LOG, "one\nhalf");
  await follower.start();
  await follower.restart();
  follower.logs.append(LOG, " two\n");
  await follower.restart();

  expect(follower.texts()).toEqual(["one", "half two"]);
  expect(follower.complaints).toEqual([]);
});

it("ends in time while the spool is full, and the next run reads the lines that were waiting", async () => {
  const follower = new VirtualFollower(LOG);
  follower.logs.append(LOG, "one\n");
  await follower.start();
  let open: (isTaken: boolean) => void = () => {};
  follower.gate = () =>
    new Promise((resolve) => {
      open = resolve;
    });
  follower.logs.append(LOG, "two\n");
  const polled = follower.pass();
  await turns();
  const stopped = follower.stop();
  await turns();
  await follower.pass(1_000);
  await stopped;
  // Too late: the next run has the directory.
  open(true);
  await turns();
  follower.gate = undefined;
  follower.taken.length = 0;
  await follower.start();
  await polled;

  expect(follower.taken).toEqual([["f1-4", "two"]]);
});

it("waits while the positions cannot be saved, and goes on when they can", async () => {
  const follower = new VirtualFollower(LOG);
  follower.logs.append(LOG, "one\n");
  follower.isDiskFull = true;
  await follower.start();
  await follower.pass(3_000);
  expect(follower.taken).toEqual([]);
  expect(follower.complaints).toEqual(["the positions cannot be saved, and nothing is read until they are: ENOSPC"]);

  follower.isDiskFull = false;
  await follower.pass();

  expect(follower.texts()).toEqual(["one"]);
});

it("follows several files, each in its order", async () => {
  const follower = new VirtualFollower("/logs/a.log", "/logs/b.log");
  follower.logs.append("/logs/a.log", "a1\na2\n");
  await follower.start();
  follower.logs.append("/logs/b.log", "b1\n");
  follower.logs.append("/logs/a.log", "a3\n");
  await follower.pass();
  await follower.restart();

  expect(follower.texts().filter((text) => text?.startsWith("a"))).toEqual(["a1", "a2", "a3"]);
  expect(follower.texts().filter((text) => text?.startsWith("b"))).toEqual(["b1"]);
});

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}
