import { expect, test, vi } from "vitest";

import { NO_SHARD } from "../../../../src/core/buffer-budget.js";
import { PlacedRecord } from "../../../../src/core/record/placed-record.js";
import { WaitingPut } from "../../../../src/pipeline/entry/waiting-put.js";
import type { Stream } from "../../../../src/pipeline/streams.js";

test("a waiting put waits for the room of its record, and tells its end with itself", () => {
  const checked = Object.assign(new PlacedRecord(), { bufferedBytes: 7 });
  const ends = { entered: vi.fn(), refused: vi.fn() };
  const reason = { code: "KP_CLOSED", message: "no more" } as const;

  const put = new WaitingPut({} as Stream, checked, ends);
  put.enter(NO_SHARD);
  put.refuse(reason);

  expect(put).toMatchObject({ bytes: 7, isGone: false, generation: 0 });
  expect(ends.entered.mock.calls).toEqual([[put]]);
  expect(ends.refused.mock.calls).toEqual([[put, reason]]);
});
