import fc from "fast-check";
import { expect, it } from "vitest";
import { OPERATION_MEMBERS } from "../../src/testing/input/input-shapes.js";
import type { JsonObject } from "../../src/testing/operations/operation.js";
import { OPERATIONS, type OperationName } from "../../src/testing/operations/operations.js";
import { type Breach, breachesOf, type InputPath } from "../support/input-breaches.js";
import { sampleInput } from "../support/input-samples.js";
import { ServiceUnderTest } from "../unit/testing/service/service-under-test.js";

const NAMES = Object.keys(OPERATIONS) as OperationName[];

const kinesis = new ServiceUnderTest();

/** The input with another value at the path. */
function changed(input: unknown, [first, ...rest]: InputPath, value: unknown): unknown {
  if (first === undefined) return value;
  const part = changed((input as JsonObject)[first], rest, value);
  if (Array.isArray(input)) return input.map((each, index) => (index === first ? part : each));
  return { ...(input as object), [first]: part };
}

function answerTo(operation: OperationName, breaches: readonly Breach[]): string {
  let input: unknown = sampleInput(operation);
  for (const { path, value } of breaches) input = changed(input, path, value);
  // As it comes over a socket.
  return kinesis.refusal(operation, JSON.parse(JSON.stringify(input)));
}

function expected(problems: readonly string[]): string {
  const named = problems.slice(0, 10);
  return `400 ValidationException: ${named.length} validation error${named.length === 1 ? "" : "s"} detected: ${named.join("; ")}`;
}

it("the model has every operation", () => {
  expect(Object.keys(OPERATION_MEMBERS)).toEqual(NAMES);
});

it.each(NAMES)("%s keeps the service's model: an input that keeps it is not refused for it", (operation) => {
  const answer = kinesis.reply(operation, sampleInput(operation) as JsonObject);

  expect(JSON.stringify(answer.body ?? {})).not.toMatch(/SerializationException|validation errors? detected/);
  answer.events?.cancel();
});

it.each(NAMES)("%s refuses every breach of every member in the service's words", (operation) => {
  for (const breach of breachesOf(operation)) {
    const text = breach.isOfType ? `400 SerializationException: ${breach.texts[0]}` : expected(breach.texts);
    expect([breach.path, breach.value, answerTo(operation, [breach])]).toEqual([breach.path, breach.value, text]);
  }
});

it("several breaches are named together, and one of a type alone", () => {
  const drawn = fc.constantFrom(...NAMES.filter((name) => breachesOf(name).length > 0)).chain((operation) =>
    fc.record({
      operation: fc.constant(operation),
      breaches: fc.uniqueArray(fc.constantFrom(...breachesOf(operation)), {
        ...{ minLength: 1, maxLength: 4, selector: ({ path }: Breach) => String(path[0]) },
      }),
    }),
  );

  fc.assert(
    fc.property(drawn, ({ operation, breaches }) => {
      const answer = answerTo(operation, breaches);
      const ofTypes = breaches.filter(({ isOfType }) => isOfType);
      if (ofTypes.length > 0) {
        const allowed = ofTypes.map(({ texts }) => `400 SerializationException: ${texts[0]}`);
        expect(allowed).toContain(answer);
        return;
      }
      const all = breaches.flatMap(({ texts }) => texts);
      expect(answer).toContain(`400 ValidationException: ${Math.min(10, all.length)} validation error`);
      for (const text of all) expect(answer).toContain(text);
    }),
    { numRuns: 500 },
  );
});
