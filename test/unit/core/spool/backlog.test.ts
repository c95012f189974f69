import { describe, expect, it } from "vitest";
import { Backlog } from "../../../../src/core/spool/backlog.js";
import { SEGMENT_HEADER_BYTES } from "../../../../src/core/spool/segment-header.js";

const HEADER = { nonce: 1, idPrefix: "AAAAAAAAAAAA" };

/** A backlog of segments with these numbers of records, 10 bytes each, the last one unsealed. */
function backlogOf(...counts: number[]): Backlog {
  const backlog = new Backlog();
  for (const [i, count] of counts.entries()) {
    const segment = backlog.add(backlog.nextNumber(), HEADER);
    backlog.grow(segment, count, count * 10, 1_000 * (i + 1));
    segment.isSealed = i < counts.length - 1;
  }
  return backlog;
}

describe("Backlog", () => {
  it("counts records over segments, and what is left of them", () => {
    const backlog = backlogOf(3, 2);
    expect([backlog.end, backlog.records, backlog.lowest]).toEqual([5, 5, 0]);

    expect(backlog.deliver(3)?.number).toBe(2);
    expect(backlog.deliver(0)?.number).toBe(1);
    expect(backlog.deliver(0)).toBeUndefined();

    expect([backlog.records, backlog.lowest]).toEqual([3, 1]);
  });

  it("counts bytes of segments and acknowledgements", () => {
    const backlog = backlogOf(3);
    const [segment] = backlog.segments;
    backlog.save(segment as never, 9);

    expect(backlog.bytes).toBe(SEGMENT_HEADER_BYTES + 30 + 9);
    backlog.remove(segment as never);
    expect(backlog.bytes).toBe(0);
  });

  it("knows the age of the oldest record that is left", () => {
    const backlog = backlogOf(1, 1);
    expect(backlog.oldestAt).toBe(1_000);

    backlog.deliver(0);
    expect(backlog.oldestAt).toBe(2_000);

    backlog.deliver(1);
    expect(backlog.oldestAt).toBeUndefined();
    expect(backlog.lowest).toBe(backlog.end);
  });

  it("gives a segment free only when it is sealed and every record of it is delivered", () => {
    const backlog = backlogOf(2, 1);
    backlog.deliver(2);
    backlog.deliver(0);
    expect(backlog.removable()).toBeUndefined();

    backlog.deliver(1);
    expect(backlog.removable()?.number).toBe(1);
  });

  it("finds records behind segments without any, and none that was removed", () => {
    const backlog = backlogOf(2, 0, 0, 3);
    expect([0, 1, 2, 4, 5].map((number) => backlog.segmentOf(number)?.number)).toEqual([1, 1, 4, 4, undefined]);

    backlog.remove(backlog.segments[0] as never);

    expect([0, 1, 2].map((number) => backlog.segmentOf(number)?.number)).toEqual([undefined, undefined, 4]);
    expect(backlog.after(undefined)?.number).toBe(2);
  });

  it("restores deliveries of an earlier process, and not those of records that are gone", () => {
    const backlog = new Backlog(7);
    const segment = backlog.add(7, HEADER);
    backlog.recovered(segment, 4, 40);

    backlog.restore(segment, [
      { from: 1, length: 1 },
      { from: 3, length: 900 },
      { from: 2_000, length: 5 },
    ]);

    expect([backlog.records, segment.delivered.count]).toEqual([2, 2]);
    expect(segment.delivered.unsaved()).toEqual([]);
    expect(backlog.nextNumber()).toBe(8);
  });
});
