import { expect, it } from "vitest";
import { Backoff } from "../../../src/reader/backoff.js";

function failure(name: string, more: object = {}): Error {
  return Object.assign(new Error(name), { name }, more);
}

/** Fields that the SDK's client adds to an error that the service named. */
const status = (httpStatusCode: number): object => ({ $fault: "client", $metadata: { httpStatusCode } });
/** Fields that it adds to an answer that it could not parse. */
const unparsed = (httpStatusCode: number): object => ({ $metadata: { httpStatusCode } });
const THROTTLED = failure("ProvisionedThroughputExceededException", status(400));

it("doubles the wait up to ten seconds, for as long as it is throttled", () => {
  const backoff = new Backoff(2);

  const waits = Array.from({ length: 9 }, () => backoff.waitAfter(THROTTLED, () => 1));

  expect(waits).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000, 10_000]);
  expect(new Backoff(2).waitAfter(THROTTLED, () => 0)).toBe(100);
});

it("throws a temporary error when it has come too often in a row, and starts again after a success", () => {
  const backoff = new Backoff(2);
  const error = failure("InternalFailure", status(500));

  expect(backoff.waitAfter(error, () => 1)).toBe(200);
  backoff.reset();
  expect(backoff.waitAfter(error, () => 1)).toBe(200);
  expect(() => backoff.waitAfter(error, () => 1)).toThrow(error);
});

it.each([
  ["a failure of the service", failure("ServiceUnavailable", status(503))],
  ["an answer that was torn", failure("SyntaxError", unparsed(200))],
  ["a refusal without a name, for too many calls", failure("Unknown", status(429))],
  ["an expired iterator", failure("ExpiredIteratorException", status(400))],
  ["an expired token of a listing", failure("ExpiredNextTokenException", status(400))],
  ["an expired session token", failure("ExpiredTokenException", status(400))],
  ["the same by its other code", failure("ExpiredToken", status(403))],
  ["a session token that is not known yet", failure("UnrecognizedClientException", status(400))],
  ["an access key that was rotated away", failure("InvalidClientTokenId", status(403))],
  ["a signature by a rotated secret", failure("SignatureDoesNotMatch", status(403))],
  ["a signature by a wrong clock", failure("RequestTimeTooSkewed", status(403))],
  ["a request that came too late", failure("RequestExpired", status(400))],
  [
    "an expired token, told as a missing permission",
    failure("AccessDeniedException", {
      ...status(403),
      message: "The security token included in the request is expired",
    }),
  ],
  ["a key of KMS that is pending", failure("KMSInvalidStateException", status(400))],
  ["too many requests, by its other name", failure("SlowDown", status(400))],
  ["a refusal that nobody has documented", failure("NotNowException", status(400))],
  ["a proxy's page in place of an answer", failure("SyntaxError", unparsed(403))],
  ["a connection that broke", failure("Error", { code: "ECONNRESET" })],
  ["a call without an answer in time", failure("TimeoutError")],
])("waits after %s", (_, error) => {
  expect(new Backoff(2).waitAfter(error, () => 1)).toBe(200);
});

it.each([
  ["a stream that is not there", failure("ResourceNotFoundException", status(400))],
  ["a missing permission", failure("AccessDeniedException", status(403))],
  ["a client without a region", failure("Error")],
  ["a key of KMS that is disabled", failure("KMSDisabledException", status(400))],
  ["a mistake of the reader's", failure("InvalidArgumentException", status(400))],
  ["what is no error", "text"],
])("throws at once for %s", (_, error) => {
  expect(() => new Backoff(10).waitAfter(error, () => 1)).toThrow();
});
