import { expect, test } from "vitest";

import { SettlementLedger } from "../../../../src/core/settlement-ledger.js";
import type { FailureReason, Outcomes } from "../../../../src/pipeline/settlement/outcomes.js";
import { Culling } from "../../../../src/pipeline/stream/culling.js";
import type { Router } from "../../../../src/pipeline/stream/router.js";
import { placed } from "../../core/placed-records.js";

const REASON: FailureReason = { code: "KP_RECORD_FAILED", message: "no" };

test("fails what was handed over before the failure, and not what came between the failure and the next look at the lanes", () => {
  const ledger = new SettlementLedger();
  const before = placed({ key: "k", generation: ledger.handOver() });
  const ofOtherKey = placed({ key: "other", generation: ledger.handOver() });
  const waiting = [before, ofOtherKey];
  const failed: unknown[] = [];
  const queue = { sweep: (look: (pending: unknown) => void) => look("all that waits") };
  const router = { lanes: () => [{ queue }], reschedule: () => undefined } as unknown as Router;
  const outcomes = {
    failWhere: (_: unknown, reasonFor: (record: unknown) => unknown) =>
      failed.push(...waiting.filter((record) => reasonFor(record) !== undefined)),
  } as unknown as Outcomes;
  const culling = new Culling({ router, outcomes, ledger, recordTtlMs: 1_000 });

  culling.onFailed(placed({ key: "k", generation: 0 }), REASON);
  waiting.push(placed({ key: "k", generation: ledger.handOver() }));
  culling.failFollowers();

  expect(failed).toEqual([before]);
});
