import { expect, test } from "vitest";

import type { Sweep } from "../../../../src/core/lane/lane-queue.js";
import type { PendingKinesisRecord } from "../../../../src/core/record/pending-kinesis-record.js";
import { SettlementLedger } from "../../../../src/core/settlement-ledger.js";
import type { FailureReason, Settlement } from "../../../../src/pipeline/settlement/settlement.js";
import { Effort } from "../../../../src/pipeline/settlement/teller.js";
import { FailedKeys } from "../../../../src/pipeline/stream/failed-keys.js";
import type { Router } from "../../../../src/pipeline/stream/router.js";
import { placed } from "../../core/placed-records.js";

const REASON: FailureReason = { code: "KP_RECORD_FAILED", message: "no" };

test("fails what was handed over before the failure, and not what came between the failure and the next look at the lanes", () => {
  const ledger = new SettlementLedger();
  const before = placed({ key: "k", generation: ledger.handOver() });
  const ofOtherKey = placed({ key: "other", generation: ledger.handOver() });
  const waiting = [before, ofOtherKey];
  const failed: unknown[] = [];
  const pending = { mayNameOthers: true, count: 2 } as PendingKinesisRecord;
  const queue = { sweep: (sweep: Sweep) => sweep.settleIn(pending) };
  const router = { lanes: () => [{ queue }], reschedule: () => undefined } as unknown as Router;
  const settlement = {
    failWhere: (_: unknown, reasonFor: (record: unknown) => unknown) =>
      failed.push(...waiting.filter((record) => reasonFor(record) !== undefined)),
  } as unknown as Settlement;
  const keys = new FailedKeys({ router, settlement, ledger, effort: new Effort() });

  keys.onFailed(placed({ key: "k", generation: 0 }), REASON);
  waiting.push(placed({ key: "k", generation: ledger.handOver() }));
  keys.settle();

  expect(failed).toEqual([before]);
});
