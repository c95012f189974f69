import { describe, expect, test } from "vitest";

import { classifyFailure, codeOfStatus, type FailureClass } from "../../../src/core/failure-class.js";

/** Every code that "PutRecords", "ListShards" and "Common Errors" name, and those of the protocol layer. */
const DOCUMENTED: readonly (readonly [FailureClass, readonly string[]])[] = [
  [
    "throttled",
    [
      "ProvisionedThroughputExceededException",
      "LimitExceededException",
      "ThrottlingException",
      "Throttling",
      "TooManyRequestsException",
      "RequestLimitExceeded",
      "SlowDown",
      "KMSThrottlingException",
    ],
  ],
  [
    "transient",
    [
      "InternalFailure",
      "InternalFailureException",
      "ServiceUnavailable",
      "ServiceUnavailableException",
      "KMSInvalidStateException",
      "TimeoutError",
      "UnreadableAnswer",
      "ECONNRESET",
      "EPIPE",
      "ENOTFOUND",
    ],
  ],
  ["credentials", ["ExpiredTokenException", "ExpiredToken"]],
  ["clock-skew", ["InvalidSignatureException", "SignatureDoesNotMatch", "RequestExpired", "RequestTimeTooSkewed"]],
  ["culprit", ["ValidationException", "InvalidArgumentException", "SerializationException", "RequestEntityTooLarge"]],
  ["no-stream", ["ResourceNotFoundException"]],
  [
    "fatal",
    [
      "AccessDeniedException",
      "DryRunOperationException",
      "UnknownOperationException",
      "UnrecognizedClientException",
      "MissingAuthenticationToken",
      "MissingAuthenticationTokenException",
      "IncompleteSignature",
      "InvalidClientTokenId",
      "OptInRequired",
      "NotAuthorized",
      "KMSAccessDeniedException",
      "KMSDisabledException",
      "KMSNotFoundException",
      "KMSOptInRequired",
    ],
  ],
];

describe.each(DOCUMENTED)("%s", (failureClass, codes) => {
  test.each(codes)("%s", (code) => {
    expect(classifyFailure(code)).toBe(failureClass);
  });

  test("the code decides, whatever the status", () => {
    for (const code of codes) {
      if (failureClass !== "transient") expect(classifyFailure(code, 500)).toBe(failureClass);
    }
  });
});

test.each([
  [400, "transient"],
  [401, "fatal"],
  [403, "fatal"],
  [408, "transient"],
  [413, "culprit"],
  [429, "throttled"],
  [500, "transient"],
  [502, "transient"],
  [503, "transient"],
  [504, "transient"],
  [undefined, "transient"],
] as const)("a code that nobody has documented, with status %j, is %s", (statusCode, failureClass) => {
  expect(classifyFailure("SomethingNewException", statusCode)).toBe(failureClass);
});

test.each([
  [401, "transient"],
  [403, "transient"],
  [429, "throttled"],
  [503, "transient"],
] as const)("an answer without a code, with status %j, is not the service's word: %s", (statusCode, failureClass) => {
  expect(codeOfStatus(statusCode)).toBe(`Http${statusCode}`);
  expect(classifyFailure(codeOfStatus(statusCode), statusCode)).toBe(failureClass);
});

test("names that plain objects hold already are codes like any other", () => {
  expect(classifyFailure("constructor")).toBe("transient");
  expect(classifyFailure("__proto__")).toBe("transient");
});
