import { describe, expect, test } from "vitest";

import { classifyFailure, classifyRequest, codeOfStatus, type FailureClass } from "../../../src/core/failure-class.js";

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
  [
    "credentials",
    [
      "ExpiredTokenException",
      "ExpiredToken",
      "UnrecognizedClientException",
      "InvalidClientTokenId",
      "InvalidAccessKeyId",
      "InvalidToken",
      "TokenRefreshRequired",
      "AuthFailure",
    ],
  ],
  ["clock-skew", ["InvalidSignatureException", "SignatureDoesNotMatch", "RequestExpired", "RequestTimeTooSkewed"]],
  [
    "bad-record",
    ["ValidationException", "InvalidArgumentException", "SerializationException", "RequestEntityTooLarge"],
  ],
  ["no-stream", ["ResourceNotFoundException"]],
  [
    "fatal",
    [
      "AccessDeniedException",
      "DryRunOperationException",
      "UnknownOperationException",
      "MissingAuthenticationToken",
      "MissingAuthenticationTokenException",
      "IncompleteSignature",
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
  [413, "bad-record"],
  [429, "throttled"],
  [500, "transient"],
  [502, "transient"],
  [503, "transient"],
  [504, "transient"],
  [undefined, "transient"],
] as const)("a code that nobody has documented, with status %j, is %s", (statusCode, failureClass) => {
  expect(classifyFailure("SomethingNewException", statusCode)).toBe(failureClass);
});

const SECRET =
  "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key";

test.each([
  [
    "InvalidSignatureException",
    "Signature expired: 20261128T160000Z is now earlier than 20261128T165500Z",
    "clock-skew",
  ],
  ["InvalidSignatureException", "Signature not yet current: 20261128T180000Z is still later than …", "clock-skew"],
  ["SignatureDoesNotMatch", "Signature expired: …", "clock-skew"],
  ["InvalidSignatureException", SECRET, "credentials"],
  ["SignatureDoesNotMatch", SECRET, "credentials"],
  ["AccessDeniedException", "The security token included in the request is expired", "credentials"],
  ["AccessDenied", "The security token included in the request is invalid.", "credentials"],
  ["AccessDeniedException", "User: arn:aws:iam::1:user/x is not authorized to perform: kinesis:PutRecords", "fatal"],
] as const)("%s, which says %j, is %s", (code, message, failureClass) => {
  expect(classifyFailure(code, 400, message)).toBe(failureClass);
});

test("a request's failure that is final is fatal, whatever its code", () => {
  const failure = { kind: "failed", code: "ExpiredToken", message: "", mayBeStored: false } as const;

  expect(classifyRequest(failure)).toBe("credentials");
  expect(classifyRequest({ ...failure, isFinal: true })).toBe("fatal");
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
