import type { DeliveryHistory } from "../../core/record/delivery-history.js";
import type { Members } from "../../core/record/members.js";
import { GONE, type PendingKinesisRecord } from "../../core/record/pending-kinesis-record.js";
import type { Attempt, PutResult } from "../../record.js";
import { contextOf, isSettler, type Results, settleDelivered } from "../entry/settler.js";
import { AttemptsTold } from "./attempts-told.js";
import { callBack } from "./caller-code.js";
import type { DeliveryBatch, DeliveryOutcome } from "./delivery-batch.js";
import type { Landing, SettlementParts } from "./settlement-parts.js";
import type { Telling } from "./teller.js";

/** Settles a delivered Kinesis record: all its user records that were not settled before are delivered. */
export class DeliveredTelling implements Telling {
  readonly #parts: SettlementParts;
  readonly #record: PendingKinesisRecord;
  readonly #landing: Landing;
  readonly #at: number;
  readonly #live: number;
  readonly #liveBytes: number;
  readonly #members: Members;
  readonly #results: ResultMaker;
  #told = 0;

  /** @param at - when the answer came */
  constructor(parts: SettlementParts, record: PendingKinesisRecord, landing: Landing, at: number) {
    this.#parts = parts;
    this.#record = record;
    this.#landing = landing;
    this.#at = at;
    this.#live = record.liveCount;
    this.#liveBytes = record.liveBytes;
    this.#members = record.members();
    record.end();
    this.#results = new ResultMaker(this.#members, record.history, landing, parts.streamName);
  }

  get isTold(): boolean {
    return this.#told === this.#members.count;
  }

  tell(most: number): number {
    const from = this.#told;
    const end = Math.min(this.#members.count, from + most);
    const enqueued = this.#settle(from, end);
    this.#told = end;
    if (this.isTold) this.#recycle();
    const { callbacks, clock } = this.#parts;
    if (enqueued > 0 && callbacks.onDelivery !== undefined)
      callBack(clock, callbacks.onDelivery, new DeliveredBatch(this.#members, this.#results, { from, end, enqueued }));
    return end - from;
  }

  /** Settles user records at these places; returns how many of them were enqueued. */
  #settle(from: number, end: number): number {
    const members = this.#members;
    const results = this.#results;
    const times = this.#parts.recorder.timesOf(this.#landing.shardId, this.#at, this.#record.history.firstStartedAt);
    let enqueued = 0;
    // Records of one burst were accepted in the same millisecond: their times are counted once for all.
    for (let first = from; first < end; ) {
      const next = Math.min(end, members.endOfMoment(first));
      let alike = next - first;
      let puts = 0;
      const settlersEnd = Math.min(next, members.settlersEnd);
      for (let i = first; i < settlersEnd; i++) {
        const settler = members.settlerAt(i);
        if (settler === GONE) alike--;
        else if (isSettler(settler)) {
          puts++;
          settleDelivered(settler, results, i);
        }
      }
      times.add(members.acceptedAtOf(first), alike);
      enqueued += alike - puts;
      first = next;
    }
    times.end();
    return enqueued;
  }

  #recycle(): void {
    const { mayRecycle, release } = this.#parts;
    this.#count();
    release(this.#record.budget, this.#live, this.#liveBytes);
    this.#settleGenerations();
    if (mayRecycle()) this.#record.recycle();
  }

  #count(): void {
    const { recorder } = this.#parts;
    const { made, attempts, mayBeStored } = this.#record.history;
    const { shardId } = this.#landing;
    const userRecords = this.#live;
    for (let i = 1; i < attempts.length; i++)
      recorder.onBuffered(shardId, (attempts[i] as Attempt).delayMs, userRecords);
    const { sum, min, max } = this.#record.dataSizes;
    recorder.onDelivered({ shardId, userRecords, attempts: made }, { count: userRecords, sum, min, max }, mayBeStored);
    recorder.outcomes.at(this.#at).delivered += userRecords;
  }

  #settleGenerations(): void {
    const { ledger } = this.#parts;
    const record = this.#record;
    if (!record.hasManyGenerations) {
      ledger.settle(record.generationOf(0), this.#live);
      return;
    }
    for (let i = 0; i < this.#members.count; i++)
      if (this.#members.settlerAt(i) !== GONE) ledger.settle(record.generationOf(i), 1);
  }
}

/** Makes the results of one Kinesis record's user records. */
class ResultMaker implements Results {
  readonly #members: Members;
  readonly #attempts: AttemptsTold;
  readonly #mayBeDuplicate: boolean;
  readonly #landing: Landing;
  readonly #streamName: string;

  constructor(members: Members, history: DeliveryHistory, landing: Landing, streamName: string) {
    this.#members = members;
    this.#attempts = new AttemptsTold(history);
    this.#mayBeDuplicate = history.mayBeStored;
    this.#landing = landing;
    this.#streamName = streamName;
  }

  make(index: number): PutResult {
    return {
      streamName: this.#streamName,
      shardId: this.#landing.shardId,
      sequenceNumber: this.#landing.sequenceNumber,
      subSequenceNumber: index,
      attempts: this.#attempts.of(this.#members.acceptedAtOf(index)),
      mayBeDuplicate: this.#mayBeDuplicate,
    };
  }
}

/** Delivered user records of one Kinesis record that were enqueued: all, or those at some places. */
class DeliveredBatch implements DeliveryBatch {
  readonly length: number;
  readonly #members: Members;
  readonly #results: ResultMaker;
  readonly #from: number;
  readonly #end: number;

  constructor(members: Members, results: ResultMaker, places: { from: number; end: number; enqueued: number }) {
    this.length = places.enqueued;
    this.#members = members;
    this.#results = results;
    this.#from = places.from;
    this.#end = places.end;
  }

  *[Symbol.iterator](): Generator<DeliveryOutcome> {
    for (let i = this.#from; i < this.#end; i++) {
      const settler = this.#members.settlerAt(i);
      if (settler === GONE || isSettler(settler)) continue;
      yield { context: contextOf(settler), result: this.#results.make(i) };
    }
  }
}
