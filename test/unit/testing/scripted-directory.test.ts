import { describe, expect, it } from "vitest";
import { evenShards } from "../../../src/testing/even-shards.js";
import { requestFailure } from "../../../src/testing/scripted-answers.js";
import { ScriptedDirectory } from "../../../src/testing/scripted-directory.js";

const stream = { streamName: "clicks" };

describe("ScriptedDirectory", () => {
  it("tells the shards it was given, and only the open ones when asked for those", async () => {
    const [closed] = evenShards(1);
    const shards = [{ ...(closed as NonNullable<typeof closed>), endingSequenceNumber: "9" }, ...evenShards(2, 1)];
    const directory = new ScriptedDirectory({ shards });

    const all = await directory.listShards(stream, "all");
    const open = await directory.listShards(stream, "open");

    expect(all).toEqual({ kind: "shards", shards });
    expect(open).toEqual({ kind: "shards", shards: shards.slice(1) });
    expect(directory.listings.calls).toEqual([
      { stream, selection: "all" },
      { stream, selection: "open" },
    ]);
  });

  it("keeps the fields of the summary that are not changed", async () => {
    const directory = new ScriptedDirectory({ summary: { maxRecordBytes: 2_097_152 } });

    directory.setSummary({ recordDistribution: "AUTO" });

    expect(await directory.describeStream(stream)).toEqual({
      kind: "summary",
      maxRecordBytes: 2_097_152,
      recordDistribution: "AUTO",
    });
  });

  it("fails once when told to, and answers after", async () => {
    const directory = new ScriptedDirectory();
    directory.listings.next(requestFailure("LimitExceededException"));
    directory.summaries.next(requestFailure("AccessDeniedException"));

    expect(await directory.listShards(stream, "open")).toMatchObject({
      kind: "failed",
      code: "LimitExceededException",
    });
    expect(await directory.describeStream(stream)).toMatchObject({ kind: "failed", code: "AccessDeniedException" });
    expect(await directory.listShards(stream, "open")).toMatchObject({ kind: "shards" });
    expect(await directory.describeStream(stream)).toMatchObject({ kind: "summary" });
  });

  it("answers a held call with the shards of that later moment", async () => {
    const directory = new ScriptedDirectory();
    directory.listings.next("hold");
    const answer = directory.listShards(stream, "open");

    directory.setShards(evenShards(3));
    directory.listings.held[0]?.answer();

    expect(await answer).toEqual({ kind: "shards", shards: evenShards(3) });
  });
});
