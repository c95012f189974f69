import type { ShardBudget } from "../../core/buffer-budget.js";
import type { Clock } from "../../core/ports.js";
import type { PendingKinesisRecord } from "../../core/record/pending-kinesis-record.js";
import type { PlacedRecord } from "../../core/record/placed-record.js";
import type { SettlementLedger } from "../../core/settlement-ledger.js";
import type { ErrorCode, RecordFailedError } from "../../errors.js";
import type { StreamRecorder } from "../../metrics/recorder.js";
import type { DeliveryBatch } from "./delivery-batch.js";
import type { Teller } from "./teller.js";

/** Where the Kinesis record is. */
export interface Landing {
  readonly shardId: string;
  readonly sequenceNumber: string;
}

/** Why user records fail, and which of them. */
export interface FailureReason {
  readonly code: Exclude<ErrorCode, "KP_INVALID_OPTION">;
  readonly message: string;
  readonly serviceCode?: string;
  readonly cause?: unknown;
}

/** The caller's callbacks. */
export interface SettlementCallbacks {
  readonly onDelivery: ((batch: DeliveryBatch) => void) | undefined;
  readonly onFailed: ((error: RecordFailedError) => void) | undefined;
}

/** Hears of records that fail, before anybody is told. */
export interface FailureListener {
  onFailed(record: PlacedRecord, reason: FailureReason): void;
  /** All user records of a Kinesis record that were not settled yet. */
  onAllFailed(record: PendingKinesisRecord, reason: FailureReason): void;
}

/** What outcomes are told to. */
export interface SettlementParts {
  readonly streamName: string;
  /** As far as it is known now. */
  readonly streamArn: () => string | undefined;
  readonly callbacks: SettlementCallbacks;
  /** Whether the memory of what is settled may be used again. */
  readonly mayRecycle: () => boolean;
  readonly recorder: StreamRecorder;
  readonly clock: Clock;
  readonly teller: Teller;
  /** Hears of what fails when that is decided. */
  readonly failing: () => FailureListener | undefined;
  /** Records were settled and their callers told: they leave the buffer. */
  readonly release: (budget: ShardBudget, records: number, bytes: number) => void;
  /** The same is counted, generation by generation. */
  readonly ledger: SettlementLedger;
}
