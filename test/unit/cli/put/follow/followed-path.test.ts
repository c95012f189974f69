import { describe, expect, it } from "vitest";
import { VirtualFollower } from "../../../../support/virtual-logs.js";

const LOG = "/logs/app.log";
/** Longer than the bytes that tell one file from another. */
const SAME: string = "same ".repeat(100);

function followerOf(...paths: readonly string[]): VirtualFollower {
  return new VirtualFollower(...(paths.length === 0 ? [LOG] : paths));
}

describe("a file that is followed", () => {
  it("is read from its beginning, and its new lines as they come", async () => {
    const follower = followerOf();
    const { logs } = follower;
    logs.append(LOG, "one\ntwo\r\n");
    await follower.start();
    expect(follower.texts()).toEqual(["one", "two"]);

    logs.append(LOG, "\nfour\n");
    await follower.pass();

    expect(follower.texts()).toEqual(["one", "two", "", "four"]);
    expect(follower.taken.map(([id]) => id)).toEqual(["f1-0", "f1-4", "f1-9", "f1-10"]);
  });

  it("keeps half a line until its end comes", async () => {
    const follower = followerOf();
    const { logs } = follower;
    logs.append(LOG, "one\nha");
    await follower.start();
    await follower.pass(20_000);
    expect(follower.texts()).toEqual(["one"]);

    logs.append(LOG, "lf\n");
    await follower.pass();

    expect(follower.texts()).toEqual(["one", "half"]);
  });

  it("may not exist yet, or be a directory for a while, with one message for each", async () => {
    const follower = followerOf();
    const { logs } = follower;
    await follower.start();
    await follower.pass(1_000);
    logs.makeDirectory(LOG);
    await follower.pass(1_000);
    logs.remove(LOG);
    logs.append(LOG, "one\n");
    await follower.pass();

    expect(follower.texts()).toEqual(["one"]);
    expect(follower.complaints).toEqual([
      `${LOG} does not exist, and is waited for`,
      `${LOG} is no regular file, and is waited for`,
    ]);
  });

  it("that may not be read has one message, and is read when it may be", async () => {
    const follower = followerOf();
    const { logs } = follower;
    logs.append(LOG, "one\n");
    logs.deny(LOG);
    await follower.start();
    await follower.pass(1_000);
    expect(follower.complaints).toEqual([
      `${LOG} cannot be read, and is tried again: EACCES: permission denied, open '${LOG}'`,
    ]);

    logs.deny(LOG, false);
    await follower.pass();

    expect(follower.texts()).toEqual(["one"]);
  });

  it("on a disk whose reads fail leaves no handle open, however often it is tried", async () => {
    const follower = followerOf();
    const { logs } = follower;
    logs.append(LOG, "one\n");
    logs.isBroken = true;
    await follower.start();
    await follower.pass(5_000);
    expect(logs.openHandles).toBe(0);

    logs.isBroken = false;
    await follower.pass();

    expect(follower.texts()).toEqual(["one"]);
  });

  it("has its lines of the largest size whole, and a longer one as a line without bytes", async () => {
    const follower = followerOf();
    const { logs } = follower;
    logs.append(LOG, `${"a".repeat(999)}\n${"b".repeat(1_000)}\r\n${"c".repeat(1_001)}\nend\n`);
    await follower.start();

    expect(follower.texts().map((text) => text?.length)).toEqual([999, 1_000, undefined, 3]);
    await follower.restart();
    expect(follower.taken).toHaveLength(4);
  });

  it("has a line that grows beyond the largest size skipped up to its end", async () => {
    const follower = followerOf();
    const { logs } = follower;
    logs.append(LOG, "x".repeat(3_000));
    await follower.start();
    logs.append(LOG, "y".repeat(3_000));
    await follower.pass();
    expect(follower.taken).toEqual([]);

    logs.append(LOG, "\nnext\n");
    await follower.pass();

    expect(follower.texts()).toEqual([undefined, "next"]);
    await follower.restart();
    expect(follower.taken).toHaveLength(2);
  });
});

describe("rotation by rename", () => {
  it("reads the old file to its end before the new one, also lines that its writer adds later", async () => {
    const follower = followerOf();
    const { logs } = follower;
    logs.append(LOG, "one\n");
    await follower.start();
    logs.append(LOG, "two\n");
    logs.rename(LOG, `${LOG}.1`);
    logs.append(LOG, "new\n");
    await follower.pass();
    logs.append(`${LOG}.1`, "late\n");
    await follower.pass(1_000);

    expect(follower.texts()).toEqual(["one", "two", "new", "late"]);
  });

  it("sends a last line without a line end when nothing is added to the old file any more", async () => {
    const follower = followerOf();
    const { logs } = follower;
    logs.append(LOG, "one\nlast");
    await follower.start();
    logs.rename(LOG, `${LOG}.1`);
    logs.append(LOG, "new\n");
    await follower.pass(4_000);
    expect(follower.texts()).toEqual(["one", "new"]);

    await follower.pass(3_000);

    expect(follower.texts()).toEqual(["one", "new", "last"]);
    expect(logs.openHandles).toBe(1);
  });

  it("finds every file that was made and renamed between two looks, in their order", async () => {
    const follower = followerOf();
    const { logs } = follower;
    logs.append(`${LOG}.1`, "of before\n");
    logs.append(LOG, "1\n");
    await follower.start();
    for (let number = 2; number <= 4; number++) {
      logs.append(LOG, `end of ${number - 1}\n`);
      for (let n = 4; n > 0; n--) if (await logs.state(`${LOG}.${n}`)) logs.rename(`${LOG}.${n}`, `${LOG}.${n + 1}`);
      logs.rename(LOG, `${LOG}.1`);
      logs.append(LOG, `${number}\n`);
    }
    await follower.pass();

    expect(follower.texts()).toEqual(["1", "end of 1", "2", "end of 2", "3", "end of 3", "4"]);
  });

  it("is noticed after a restart: the rest of the old file comes first", async () => {
    const follower = followerOf();
    const { logs } = follower;
    logs.append(LOG, "one\n");
    await follower.start();
    await follower.stop();
    logs.append(LOG, "two\n");
    logs.rename(LOG, `${LOG}-20261129`);
    logs.append(LOG, "missed\n");
    logs.rename(LOG, `${LOG}-20261130`);
    logs.append(LOG, "new\n");
    await follower.start();

    expect(follower.texts()).toEqual(["one", "two", "missed", "new"]);
    await follower.restart();
    expect(follower.taken).toHaveLength(4);
  });

  it("says so when the old file is gone after a restart", async () => {
    const follower = followerOf();
    const { logs } = follower;
    logs.append(LOG, "one\n");
    await follower.start();
    await follower.stop();
    logs.remove(LOG);
    logs.append(LOG, "new\n");
    await follower.start();

    expect(follower.texts()).toEqual(["one", "new"]);
    expect(follower.complaints).toEqual([expect.stringContaining("read up to byte 4 (f1) is gone")]);
  });

  it("does not take a removed file's number for the file", async () => {
    const follower = followerOf();
    const { logs } = follower;
    logs.append(LOG, "one\n");
    await follower.start();
    await follower.stop();
    logs.remove(LOG);
    logs.append(LOG, "ONE\ntwo\n");
    await follower.start();

    expect(follower.texts()).toEqual(["one", "ONE", "two"]);
  });

  it("finds the files in between when the number of the last one was used again", async () => {
    const follower = followerOf();
    const { logs } = follower;
    logs.append(LOG, "one\n");
    await follower.start();
    await follower.stop();
    logs.rename(LOG, `${LOG}.1`);
    logs.append(LOG, "two\n");
    logs.remove(`${LOG}.1`);
    logs.rename(LOG, `${LOG}.1`);
    logs.append(LOG, "three\n");
    await follower.start();

    expect(follower.texts()).toEqual(["one", "two", "three"]);
  });

  it("finds the files in between when nothing of the last one was read, and its number was used again", async () => {
    const follower = followerOf();
    const { logs } = follower;
    logs.append(LOG, "");
    await follower.start();
    await follower.stop();
    logs.rename(LOG, `${LOG}.1`);
    logs.append(LOG, "two\n");
    logs.remove(`${LOG}.1`);
    logs.rename(LOG, `${LOG}.1`);
    logs.append(LOG, "three\n");
    await follower.start();

    expect(follower.texts()).toEqual(["two", "three"]);
  });

  it("gives neither the id nor the place of a file that was not read yet to one that has its number", async () => {
    const follower = followerOf();
    const { logs } = follower;
    logs.append(LOG, "one\n");
    await follower.start();
    logs.rename(LOG, `${LOG}.1`);
    logs.append(LOG, "two\n");
    logs.rename(LOG, `${LOG}.2`);
    logs.append(LOG, "three\n");
    follower.death = "before the spool has the lines";
    await follower.pass();
    follower.death = undefined;
    follower.abandon();
    logs.remove(`${LOG}.2`);
    logs.rename(LOG, `${LOG}.3`);
    logs.append(LOG, "four\n");
    await follower.start();

    expect(follower.texts()).toEqual(["one", "three", "four"]);
    expect(new Set(follower.taken.map(([id]) => id)).size).toBe(3);
  });

  it("reads files after a restart that were found, and not read when the process died", async () => {
    const follower = followerOf();
    const { logs } = follower;
    logs.append(LOG, "one\n");
    await follower.start();
    logs.append(LOG, "two\n");
    logs.rename(LOG, `${LOG}.1`);
    logs.append(LOG, "three\n");
    logs.rename(LOG, `${LOG}.2`);
    logs.append(LOG, "four\n");
    follower.death = "before the spool has the lines";
    await follower.pass();
    follower.death = undefined;
    follower.abandon();
    await follower.start();

    expect(follower.texts()).toEqual(["one", "two", "three", "four"]);
  });

  it("leaves the old file readable while the new one may not be read", async () => {
    const follower = followerOf();
    const { logs } = follower;
    logs.append(LOG, "one\n");
    await follower.start();
    logs.rename(LOG, `${LOG}.1`);
    logs.append(LOG, "new\n");
    logs.deny(LOG);
    logs.append(`${LOG}.1`, "two\n");
    await follower.pass(1_000);
    expect(follower.texts()).toEqual(["one", "two"]);
    expect(logs.openHandles).toBe(1);

    logs.deny(LOG, false);
    await follower.pass();

    expect(follower.texts()).toEqual(["one", "two", "new"]);
  });

  it("goes on with a file that gets its name back", async () => {
    const follower = followerOf();
    const { logs } = follower;
    logs.append(LOG, "one\n");
    await follower.start();
    logs.rename(LOG, "/logs/app.aside");
    await follower.pass(10_000);
    expect(logs.openHandles).toBe(0);

    logs.rename("/logs/app.aside", LOG);
    logs.append(LOG, "two\n");
    await follower.pass();

    expect(follower.texts()).toEqual(["one", "two"]);
  });
});

describe("truncation", () => {
  it("begins again at the first byte, with other ids", async () => {
    const follower = followerOf();
    const { logs } = follower;
    logs.append(LOG, "one\ntwo\n");
    await follower.start();
    logs.copy(LOG, `${LOG}.1`);
    logs.overwrite(LOG);
    await follower.pass();
    logs.append(LOG, "1st\n");
    await follower.pass();

    expect(follower.taken.map(([id, text]) => `${id} ${text}`)).toEqual(["f1-0 one", "f1-4 two", "f2-0 1st"]);
  });

  it.each([
    ["to the same length", "one\ntwo\n", "ONE\nTWO\n"],
    ["and written beyond the old length", "one\ntwo\n", "ONE\nTWO\nTHREE\n"],
    ["with a beginning that differs alone", `one\n${SAME}\n`, `ONE\n${SAME}\nthree\n`],
    ["with an end that differs alone", `${SAME}\none\n`, `${SAME}\nONE\nthree\n`],
  ])("is noticed %s", async (_, before, after) => {
    const follower = followerOf();
    const { logs } = follower;
    logs.append(LOG, before);
    await follower.start();
    logs.overwrite(LOG, after);
    await follower.pass();

    expect(follower.texts()).toEqual(`${before}${after}`.trimEnd().split("\n"));
  });

  it("leaves copies that were made of the file alone, when it is renamed later", async () => {
    const follower = followerOf();
    const { logs } = follower;
    logs.append(LOG, "one\ntwo\n");
    await follower.start();
    logs.copy(LOG, `${LOG}.1`);
    logs.overwrite(LOG, "3\n");
    await follower.pass();
    logs.rename(LOG, `${LOG}.2`);
    logs.append(LOG, "new\n");
    await follower.pass();

    expect(follower.texts()).toEqual(["one", "two", "3", "new"]);
  });

  it("is noticed after a restart, and the copy is no separate file", async () => {
    const follower = followerOf();
    const { logs } = follower;
    logs.append(LOG, "one\ntwo\n");
    await follower.start();
    await follower.stop();
    logs.copy(LOG, `${LOG}.1`);
    logs.overwrite(LOG, "new\n");
    await follower.start();
    expect(follower.texts()).toEqual(["one", "two", "new"]);

    logs.rename(LOG, `${LOG}.2`);
    logs.append(LOG, "newer\n");
    await follower.pass();

    expect(follower.texts()).toEqual(["one", "two", "new", "newer"]);
  });
});
