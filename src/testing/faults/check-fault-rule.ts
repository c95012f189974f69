import { show } from "../../wording/shown-value.js";
import { isOperationName, type OperationName } from "../operations/operations.js";
import { EFFECT_SHAPES, type EffectShape } from "./effect-fields.js";
import type { CallNumbers, FaultMatch, FaultRule } from "./fault-rule.js";

const RULE_FIELDS = ["on", "do", "times"];
const MATCH_FIELDS = ["operation", "calls", "stream", "shardId", "partitionKey", "probability"];

/**
 * Refuses a rule that would never strike, or would not do what it says.
 *
 * @throws RangeError that names the field, the allowed values and the value
 */
export function checkFaultRule(rule: FaultRule): void {
  checkKnown("a fault", rule, RULE_FIELDS);
  if (typeof rule.do !== "object" || rule.do === null) throw new RangeError("a fault needs do: { kind, … }");
  const shape = Object.hasOwn(EFFECT_SHAPES, rule.do.kind) ? EFFECT_SHAPES[rule.do.kind] : undefined;
  if (shape === undefined) {
    throw new RangeError(`do.kind must be one of ${Object.keys(EFFECT_SHAPES).join(", ")}, got ${show(rule.do.kind)}`);
  }
  checkEffect(rule.do as unknown as Readonly<Record<string, unknown>>, shape);
  checkMatch(rule.on ?? {}, rule.do.kind, shape);
  const { times = 1 } = rule;
  if (!(times >= 1)) throw new RangeError(`times must be 1 or more, got ${show(times)}`);
}

/** The operations that a fault can strike; undefined for all. */
export function operationsOf(rule: FaultRule): readonly OperationName[] | undefined {
  const named = rule.on?.operation;
  if (named === undefined) return EFFECT_SHAPES[rule.do.kind].operations;
  return typeof named === "string" ? [named] : named;
}

function checkEffect(effect: Readonly<Record<string, unknown>>, { required, optional }: EffectShape): void {
  const fields = { ...required, ...optional };
  checkKnown(`the effect ${effect.kind}`, effect, ["kind", ...Object.keys(fields)]);
  for (const [name, field] of Object.entries(fields)) {
    const value = effect[name];
    if (value === undefined && !Object.hasOwn(required, name)) continue;
    if (!field.isRight(value)) throw new RangeError(`do.${name} must be ${field.wanted}, got ${show(value)}`);
  }
}

function checkMatch(match: FaultMatch, kind: string, shape: EffectShape): void {
  checkKnown("on", match, MATCH_FIELDS);
  const { operation = [], probability = 1, calls } = match;
  for (const name of typeof operation === "string" ? [operation] : operation) {
    if (!isOperationName(name)) throw new RangeError(`on.operation: LocalKinesis has no operation ${show(name)}`);
    if (shape.operations?.includes(name) === false) {
      throw new RangeError(`${kind} befalls ${shape.operations.join(" and ")} only, not ${name}`);
    }
  }
  if (!(probability >= 0 && probability <= 1)) {
    throw new RangeError(`on.probability must be 0 to 1, got ${show(probability)}`);
  }
  if (calls !== undefined) checkCalls(calls);
}

function checkCalls(calls: CallNumbers): void {
  const numbers = typeof calls === "number" ? [calls] : Array.isArray(calls) ? calls : Object.values(calls);
  if (typeof calls === "object" && !Array.isArray(calls)) checkKnown("on.calls", calls, ["from", "to", "every"]);
  for (const number of numbers as readonly unknown[]) {
    if (!Number.isInteger(number) || (number as number) < 1) {
      throw new RangeError(`on.calls are counted from 1, got ${show(number)}`);
    }
  }
}

function checkKnown(what: string, value: object, known: readonly string[]): void {
  for (const name of Object.keys(value)) {
    if (!known.includes(name)) throw new RangeError(`${what} has no ${name}: known are ${known.join(", ")}`);
  }
}
