import type { ShardBudget } from "../../core/buffer-budget.js";
import type { StreamCondition } from "../../core/condition/stream-condition.js";
import type { Clock, Diagnostics } from "../../core/ports.js";
import type { PendingKinesisRecord } from "../../core/record/pending-kinesis-record.js";
import type { PlacedRecord } from "../../core/record/placed-record.js";
import type { SettlementLedger } from "../../core/settlement-ledger.js";
import type { ErrorCode, RecordFailedError } from "../../errors.js";
import type { StreamRecorder } from "../../metrics/recorder.js";
import type { DeliveryBatch } from "./delivery-batch.js";
import type { Teller } from "./teller.js";

/** Where the Kinesis record was stored. */
export interface Landing {
  readonly shardId: string;
  readonly sequenceNumber: string;
}

/** Why user records fail, and which of them. */
export interface FailureReason {
  readonly code: ErrorCode;
  readonly message: string;
  readonly serviceCode?: string;
  readonly cause?: unknown;
}

/** The caller's callbacks. */
export interface SettlementCallbacks {
  readonly onDelivery: ((batch: DeliveryBatch) => void) | undefined;
  readonly onFailed: ((error: RecordFailedError) => void) | undefined;
}

/** Called for records that fail, before promises settle and callbacks run. */
export interface FailureListener {
  onFailed(record: PlacedRecord, reason: FailureReason): void;
  /** All user records of the Kinesis record that were not settled before have failed. */
  onAllFailed(record: PendingKinesisRecord, reason: FailureReason): void;
}

/** The receivers of outcomes. */
export interface SettlementParts {
  readonly streamName: string;
  /** Undefined while the ARN is unknown. */
  readonly streamArn: () => string | undefined;
  readonly callbacks: SettlementCallbacks;
  readonly diagnostics: Diagnostics;
  /** Whether the memory of settled records may be reused. */
  readonly mayRecycle: () => boolean;
  readonly recorder: StreamRecorder;
  readonly condition: StreamCondition;
  readonly clock: Clock;
  readonly teller: Teller;
  /** Called as soon as it is decided that a record fails. */
  readonly failing: () => FailureListener | undefined;
  /** Records were settled and their callbacks have run: they leave the buffer. */
  readonly release: (budget: ShardBudget, records: number, bytes: number) => void;
  /** Counts settled records by generation. */
  readonly ledger: SettlementLedger;
}
