import { expect, it } from "vitest";
import { Backoff } from "../../../src/reader/backoff.js";

function failure(name: string, more: object = {}): Error {
  return Object.assign(new Error(name), { name }, more);
}

const status = (httpStatusCode: number): object => ({ $metadata: { httpStatusCode } });
const THROTTLED = failure("ProvisionedThroughputExceededException", status(400));

it("doubles the wait up to ten seconds, for as long as it is throttled", () => {
  const backoff = new Backoff(2);

  const waits = Array.from({ length: 9 }, () => backoff.waitAfter(THROTTLED, 1));

  expect(waits).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000, 10_000]);
  expect(new Backoff(2).waitAfter(THROTTLED, 0)).toBe(100);
});

it("throws a passing error when it has come too often in a row, and begins anew after a success", () => {
  const backoff = new Backoff(2);
  const error = failure("InternalFailure", status(500));

  expect(backoff.waitAfter(error, 1)).toBe(200);
  backoff.reset();
  expect(backoff.waitAfter(error, 1)).toBe(200);
  expect(() => backoff.waitAfter(error, 1)).toThrow(error);
});

it.each([
  ["a failure of the service", failure("ServiceUnavailable", status(503))],
  ["an answer that was torn", failure("SyntaxError", status(200))],
  ["a refusal without a name, for too many calls", failure("Unknown", status(429))],
  ["an expired iterator", failure("ExpiredIteratorException", status(400))],
  ["a connection that broke", failure("Error", { code: "ECONNRESET" })],
  ["a call without an answer in time", failure("TimeoutError")],
])("waits after %s", (_, error) => {
  expect(new Backoff(2).waitAfter(error, 1)).toBe(200);
});

it.each([
  ["a stream that is not there", failure("ResourceNotFoundException", status(400))],
  ["a missing permission", failure("AccessDeniedException", status(403))],
  ["a client without a region", failure("Error")],
  ["what is no error", "text"],
])("throws at once for %s", (_, error) => {
  expect(() => new Backoff(10).waitAfter(error, 1)).toThrow();
});
