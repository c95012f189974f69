import type { Random } from "../../core/ports.js";
import { rateExceeded } from "../limits/service-limits.js";
import type { EntryRefusal, IncomingEntry } from "../operations/operation.js";
import type { OperationName } from "../operations/operations.js";
import type { CallFacts } from "./call-facts.js";
import { checkFaultRule, operationsOf } from "./check-fault-rule.js";
import type { AccompanyingEffect, CallNumbers, EntryEffect, FaultRule, RequestEffect } from "./fault-rule.js";
import { parseFault } from "./parse-fault.js";
import { holdsPartitionKey } from "./record-keys.js";
import { seededRandom } from "./seeded-random.js";

/** The time for which a signature is valid. Source: "Signature Version 4", AWS IAM User Guide. */
const SIGNATURE_TOLERANCE_MS = 300_000;

/** A fault of a script, as it is now. */
export interface FaultState {
  readonly rule: FaultRule;
  /** The fault as text, as it was added; a rule that was added as data in JSON. */
  readonly text: string;
  /** How many calls or records it has struck. */
  readonly hits: number;
  /** Whether it has struck as often as it may. */
  readonly isSpent: boolean;
}

/** A rule and its state. */
interface ActiveRule {
  readonly rule: FaultRule;
  readonly text: string;
  readonly operations: readonly OperationName[] | undefined;
  calls: number;
  hits: number;
  /** The access key id that has expired. */
  expiredKeyId: string | undefined;
}

/** The effects on one call. */
export interface FaultPlan {
  /** The effect on the whole request. Of several, the one that was added first. */
  readonly request: RequestEffect | undefined;
  /** The accompanying effects, each with its rule. */
  readonly accompanying: readonly { readonly effect: AccompanyingEffect; readonly rule: FaultRule }[];
  /** How far ahead of the true time the service's clock is. */
  readonly clockOffsetMs: number;
  /** The effect on a record of the call. */
  refuse(entry: IncomingEntry): EntryRefusal | undefined;
}

/** The faults of a stand-in: rules as plain data, the same for every layer. */
export class FaultScript {
  #rules: ActiveRule[] = [];
  #random: Random;

  /** @param seed - makes the draws the same for the same calls */
  constructor(seed = 1) {
    this.#random = seededRandom(seed);
  }

  /**
   * Adds a fault, as a rule or as text in the form of `parseFault`.
   *
   * @returns a function that removes it
   * @throws RangeError that says what is wrong with the rule
   */
  add(rule: FaultRule | string): () => void {
    const active = activeRule(rule);
    this.#rules = [...this.#rules, active];
    return () => {
      this.#rules = this.#rules.filter((other) => other !== active);
    };
  }

  /**
   * Puts these faults in the place of the present ones, in one step.
   *
   * @throws RangeError that says what is wrong with a rule; then nothing is changed
   */
  replace(rules: readonly (FaultRule | string)[]): void {
    this.#rules = rules.map(activeRule);
  }

  /** The present faults, in the order in which they were added. */
  list(): FaultState[] {
    return this.#rules.map((active) => {
      const { rule, text, hits } = active;
      return { rule, text, hits, isSpent: isSpent(active) };
    });
  }

  /** Removes every fault. */
  clear(): void {
    this.#rules = [];
  }

  /** Whether there is any fault, spent ones included. */
  get isEmpty(): boolean {
    return this.#rules.length === 0;
  }

  /** How many calls or records the present faults have struck. */
  get hits(): number {
    return this.#rules.reduce((sum, { hits }) => sum + hits, 0);
  }

  /** A number in [0, 1) from the script's own draws. */
  draw(): number {
    return this.#random();
  }

  /** The effects on the call; undefined when there are none. Counts the call and its faults. */
  plan(facts: CallFacts): FaultPlan | undefined {
    if (this.#rules.length === 0) return undefined;
    let request: RequestEffect | undefined;
    let clockOffsetMs = 0;
    const accompanying: { effect: AccompanyingEffect; rule: FaultRule }[] = [];
    const entryRules: ActiveRule[] = [];
    for (const active of this.#rules) {
      if (isSpent(active) || !befalls(active, facts) || !isNumbered(active.rule.on?.calls, ++active.calls)) continue;
      const effect = active.rule.do;
      if (effect.kind === "clock-skew") clockOffsetMs = effect.offsetMs;
      if (isEntryEffect(effect)) entryRules.push(active);
      else if (isAccompanying(effect)) {
        if (this.#strikes(active)) accompanying.push({ effect, rule: active.rule });
      } else if (request === undefined && isStruckBy(active, facts) && this.#strikes(active)) request = effect;
    }
    const refuse = (entry: IncomingEntry): EntryRefusal | undefined => this.#refuse(entryRules, entry);
    return { request, accompanying, clockOffsetMs, refuse };
  }

  #refuse(rules: readonly ActiveRule[], entry: IncomingEntry): EntryRefusal | undefined {
    for (const active of rules) {
      const { shardId, partitionKey } = active.rule.on ?? {};
      const { record, shard, stream } = entry;
      if (isSpent(active) || (shardId !== undefined && shard.shardId !== shardId)) continue;
      if (partitionKey !== undefined && !holdsPartitionKey(partitionKey, record.partitionKey, record.data)) continue;
      if (!this.#strikes(active)) continue;
      const effect = active.rule.do as EntryEffect;
      return effect.kind === "throttle-entry"
        ? rateExceeded(stream, shard)
        : { code: "InternalFailure", message: "Internal Service Failure", isStored: effect.stored === true };
    }
    return undefined;
  }

  /** Draws only for rules with a probability, so that other rules do not change the draws. */
  #strikes(active: ActiveRule): boolean {
    const { probability = 1 } = active.rule.on ?? {};
    if (probability < 1 && this.#random() >= probability) return false;
    active.hits++;
    return true;
  }
}

/** @throws RangeError that says what is wrong with the rule */
function activeRule(rule: FaultRule | string): ActiveRule {
  const parsed = typeof rule === "string" ? parseFault(rule) : rule;
  checkFaultRule(parsed);
  return {
    rule: parsed,
    text: typeof rule === "string" ? rule : JSON.stringify(rule),
    operations: operationsOf(parsed),
    calls: 0,
    hits: 0,
    expiredKeyId: undefined,
  };
}

function isSpent({ rule, hits }: ActiveRule): boolean {
  return rule.times !== undefined && hits >= rule.times;
}

function befalls({ rule, operations }: ActiveRule, facts: CallFacts): boolean {
  const { stream, shardId, partitionKey } = rule.on ?? {};
  if (operations?.includes(facts.call.operation) === false) return false;
  if (stream !== undefined && facts.streamName !== stream) return false;
  if (shardId !== undefined && !facts.touchesShard(shardId)) return false;
  return partitionKey === undefined || facts.touchesPartitionKey(partitionKey);
}

function isNumbered(calls: CallNumbers | undefined, number: number): boolean {
  if (calls === undefined) return true;
  if (typeof calls === "number") return number === calls;
  if (Array.isArray(calls)) return calls.includes(number);
  const {
    from = 1,
    to = Number.POSITIVE_INFINITY,
    every = 1,
  } = calls as Exclude<CallNumbers, number | readonly number[]>;
  return number >= from && number <= to && (number - from + 1) % every === 0;
}

/** A client can correct its credentials and its clock: then the fault no longer strikes. */
function isStruckBy(active: ActiveRule, { call }: CallFacts): boolean {
  const effect = active.rule.do;
  if (effect.kind === "expired-token") {
    active.expiredKeyId ??= call.accessKeyId;
    return call.accessKeyId === active.expiredKeyId;
  }
  if (effect.kind !== "clock-skew" || call.signedAt === undefined) return true;
  return Math.abs(call.signedAt - (call.now + effect.offsetMs)) > SIGNATURE_TOLERANCE_MS;
}

function isEntryEffect(effect: FaultRule["do"]): effect is EntryEffect {
  return effect.kind === "fail-entry" || effect.kind === "throttle-entry";
}

const ACCOMPANYING: ReadonlySet<string> = new Set<AccompanyingEffect["kind"]>([
  "latency",
  "slow-body",
  "stale-list",
  "unknown-child",
  "switch-to-auto",
  "delete-stream",
  "recreate-stream",
]);

function isAccompanying(effect: FaultRule["do"]): effect is AccompanyingEffect {
  return ACCOMPANYING.has(effect.kind);
}
