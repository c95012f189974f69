import { ExpiredIteratorException, KinesisServiceException } from "@aws-sdk/client-kinesis";
import { describe, expect, it } from "vitest";
import { classifyFailure, type FailureClass } from "../../../src/core/failure-class.js";
import { readSdkFailure } from "../../../src/edge/sdk-failure.js";

/** An error of the network, the handler or the parser; `metadata` undefined when there never was a request. */
function failure(
  name: string,
  message: string,
  { metadata = {}, ...fields }: { metadata?: object | undefined; code?: string; syscall?: string } = {},
): Error {
  return Object.assign(new Error(message), { name, ...fields, $metadata: { attempts: 1, ...metadata } });
}

/** An error without the metadata that the SDK adds. */
function early(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

/** An error answer that could be read. */
function answer(name: string, httpStatusCode: number, more: object = {}): Error {
  const $fault = httpStatusCode >= 500 ? "server" : "client";
  return new KinesisServiceException({
    name,
    $fault,
    message: "of the service",
    $metadata: { httpStatusCode, ...more },
  });
}

interface Row {
  readonly fault: string;
  readonly error: unknown;
  readonly code: string;
  readonly statusCode?: number;
  readonly mayBeStored: boolean;
  readonly failureClass: FailureClass;
}

const UNREADABLE = "Deserialization error: to see the raw response, inspect the hidden field {error}.$response";

const ROWS: readonly Row[] = [
  {
    fault: "500",
    error: answer("InternalFailure", 500),
    code: "InternalFailure",
    statusCode: 500,
    mayBeStored: true,
    failureClass: "transient",
  },
  {
    fault: "500 with an empty body",
    error: answer("Unknown", 500),
    code: "Http500",
    statusCode: 500,
    mayBeStored: true,
    failureClass: "transient",
  },
  {
    fault: "503",
    error: answer("ServiceUnavailable", 503),
    code: "ServiceUnavailable",
    statusCode: 503,
    mayBeStored: true,
    failureClass: "transient",
  },
  {
    fault: "503 with HTML",
    error: failure("SyntaxError", `Unexpected token '<'\n ${UNREADABLE}`, { metadata: { httpStatusCode: 503 } }),
    code: "Http503",
    statusCode: 503,
    mayBeStored: true,
    failureClass: "transient",
  },
  {
    fault: "403 with HTML, of a proxy",
    error: failure("SyntaxError", `Unexpected token '<'\n ${UNREADABLE}`, { metadata: { httpStatusCode: 403 } }),
    code: "Http403",
    statusCode: 403,
    mayBeStored: false,
    failureClass: "transient",
  },
  {
    fault: "403 without a body",
    error: answer("Unknown", 403),
    code: "Http403",
    statusCode: 403,
    mayBeStored: false,
    failureClass: "transient",
  },
  {
    fault: "403 that broke off",
    error: failure("Error", `aborted\n ${UNREADABLE}`, { code: "ECONNRESET", metadata: { httpStatusCode: 403 } }),
    code: "Http403",
    statusCode: 403,
    mayBeStored: false,
    failureClass: "transient",
  },
  {
    fault: "403 with a code that nobody knows",
    error: answer("BrandNewDenial", 403),
    code: "BrandNewDenial",
    statusCode: 403,
    mayBeStored: false,
    failureClass: "fatal",
  },
  {
    fault: "429 without a code",
    error: answer("Unknown", 429),
    code: "Http429",
    statusCode: 429,
    mayBeStored: false,
    failureClass: "throttled",
  },
  {
    fault: "200 whose entries the SDK stumbles over",
    error: failure("TypeError", `Cannot read properties of null\n ${UNREADABLE}`, {
      metadata: { httpStatusCode: 200 },
    }),
    code: "UnreadableAnswer",
    statusCode: 200,
    mayBeStored: true,
    failureClass: "transient",
  },
  ...["ProvisionedThroughputExceededException", "LimitExceededException", "Throttling", "KMSThrottlingException"].map(
    (code): Row => ({
      fault: `400 ${code}`,
      error: answer(code, 400),
      code,
      statusCode: 400,
      mayBeStored: false,
      failureClass: "throttled",
    }),
  ),
  {
    fault: "400 ExpiredTokenException",
    error: answer("ExpiredTokenException", 400),
    code: "ExpiredTokenException",
    statusCode: 400,
    mayBeStored: false,
    failureClass: "credentials",
  },
  {
    fault: "a signature error by clock skew",
    error: answer("InvalidSignatureException", 403, { clockSkewCorrected: true }),
    code: "InvalidSignatureException",
    statusCode: 403,
    mayBeStored: false,
    failureClass: "clock-skew",
  },
  {
    fault: "200, truncated JSON",
    error: failure("SyntaxError", `Unterminated string\n ${UNREADABLE}`, { metadata: { httpStatusCode: 200 } }),
    code: "UnreadableAnswer",
    statusCode: 200,
    mayBeStored: true,
    failureClass: "transient",
  },
  {
    fault: "413",
    error: answer("Unknown", 413),
    code: "RequestEntityTooLarge",
    statusCode: 413,
    mayBeStored: false,
    failureClass: "bad-record",
  },
  {
    fault: "413 with HTML",
    error: failure("SyntaxError", `Unexpected token '<'\n ${UNREADABLE}`, { metadata: { httpStatusCode: 413 } }),
    code: "RequestEntityTooLarge",
    statusCode: 413,
    mayBeStored: false,
    failureClass: "bad-record",
  },
  {
    fault: "a socket killed before the answer",
    error: failure("TimeoutError", "socket hang up", { code: "ECONNRESET" }),
    code: "ECONNRESET",
    mayBeStored: true,
    failureClass: "transient",
  },
  {
    fault: "a reset",
    error: failure("TimeoutError", "read ECONNRESET", { code: "ECONNRESET", syscall: "read" }),
    code: "ECONNRESET",
    mayBeStored: true,
    failureClass: "transient",
  },
  {
    fault: "a pipe that broke while writing",
    error: failure("TimeoutError", "write EPIPE", { code: "EPIPE", syscall: "write" }),
    code: "EPIPE",
    mayBeStored: true,
    failureClass: "transient",
  },
  {
    fault: "HTTP/2 without an answer",
    error: failure("TimeoutError", "Unexpected error: http2 request did not get a response"),
    code: "TimeoutError",
    mayBeStored: true,
    failureClass: "transient",
  },
  {
    fault: "headers, then a kill",
    error: failure("Error", `aborted\n ${UNREADABLE}`, { code: "ECONNRESET", metadata: { httpStatusCode: 200 } }),
    code: "ECONNRESET",
    statusCode: 200,
    mayBeStored: true,
    failureClass: "transient",
  },
  {
    fault: "headers, then silence",
    error: failure("TimeoutError", "the request socket timed out after 6000 ms of inactivity", {
      metadata: { httpStatusCode: 200 },
    }),
    code: "TimeoutError",
    statusCode: 200,
    mayBeStored: true,
    failureClass: "transient",
  },
  {
    fault: "a hang until the request's time limit",
    error: failure("TimeoutError", "a request has exceeded the configured 6000 ms requestTimeout.", {
      code: "ETIMEDOUT",
    }),
    code: "TimeoutError",
    mayBeStored: true,
    failureClass: "transient",
  },
  {
    fault: "an HTTP/2 stream that was reset",
    error: failure("Error", "Stream closed with error code NGHTTP2_INTERNAL_ERROR", { code: "ERR_HTTP2_STREAM_ERROR" }),
    code: "ERR_HTTP2_STREAM_ERROR",
    mayBeStored: true,
    failureClass: "transient",
  },
  {
    fault: "an HTTP/2 session that the service ended with ENHANCE_YOUR_CALM",
    error: failure("Error", "Session closed with error code NGHTTP2_ENHANCE_YOUR_CALM", {
      code: "ERR_HTTP2_SESSION_ERROR",
    }),
    code: "ERR_HTTP2_SESSION_ERROR",
    mayBeStored: true,
    failureClass: "transient",
  },
  // Where the phase is known, the transport says that nothing was sent (sdk-transport.test.ts, command-progress.test.ts).
  ...[
    { fault: "an error of a client that adds no metadata", error: early("Error", "vault sealed"), code: "Error" },
    {
      fault: "a programming error of such a client",
      error: early("TypeError", "x is not a function"),
      code: "TypeError",
    },
    {
      fault: "a name of the SDK's own, which anybody may give",
      error: early("CredentialsProviderError", "Could not load credentials from any providers"),
      code: "CredentialsProviderError",
    },
  ].map((row): Row => ({ ...row, mayBeStored: true, failureClass: "transient" })),
  {
    fault: "a refused connection",
    error: failure("Error", "connect ECONNREFUSED 127.0.0.1:1", { code: "ECONNREFUSED", syscall: "connect" }),
    code: "ECONNREFUSED",
    mayBeStored: false,
    failureClass: "transient",
  },
  {
    fault: "an unknown name",
    error: failure("Error", "getaddrinfo ENOTFOUND nowhere", { code: "ENOTFOUND", syscall: "getaddrinfo" }),
    code: "ENOTFOUND",
    mayBeStored: false,
    failureClass: "transient",
  },
  {
    fault: "a connection that the system gave up on",
    error: failure("TimeoutError", "connect ETIMEDOUT 192.0.2.1:443", { code: "ETIMEDOUT", syscall: "connect" }),
    code: "ETIMEDOUT",
    mayBeStored: false,
    failureClass: "transient",
  },
  {
    fault: "a connection that took too long",
    error: failure("TimeoutError", "the request socket did not establish a connection with the server within 5000 ms."),
    code: "TimeoutError",
    mayBeStored: false,
    failureClass: "transient",
  },
  {
    fault: "an address that went silent after the connection",
    error: failure("TimeoutError", "read ETIMEDOUT", { code: "ETIMEDOUT", syscall: "read" }),
    code: "ETIMEDOUT",
    mayBeStored: true,
    failureClass: "transient",
  },
  {
    fault: "a TLS handshake that was cut off",
    error: failure("TimeoutError", "Client network socket disconnected before secure TLS connection was established", {
      code: "ECONNRESET",
    }),
    code: "ECONNRESET",
    mayBeStored: false,
    failureClass: "transient",
  },
  {
    fault: "a certificate that is not trusted",
    error: failure("Error", "self-signed certificate", { code: "DEPTH_ZERO_SELF_SIGNED_CERT" }),
    code: "DEPTH_ZERO_SELF_SIGNED_CERT",
    mayBeStored: false,
    failureClass: "transient",
  },
  {
    fault: "a network error of a client that adds no metadata",
    error: Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }),
    code: "ECONNRESET",
    mayBeStored: true,
    failureClass: "transient",
  },
  {
    fault: "something that is no error",
    error: "out of order",
    code: "Error",
    mayBeStored: true,
    failureClass: "transient",
  },
];

describe("readSdkFailure", () => {
  it.each(ROWS)("reads $fault", ({ error, code, statusCode, mayBeStored, failureClass }) => {
    const read = readSdkFailure(error);

    expect(read).toMatchObject({ kind: "failed", code, mayBeStored });
    expect(read.statusCode).toBe(statusCode);
    expect(classifyFailure(read.code, read.statusCode)).toBe(failureClass);
  });

  it("keeps the service's words, and the error as the cause", () => {
    const error = new ExpiredIteratorException({ message: "Iterator expired.", $metadata: { httpStatusCode: 400 } });

    const read = readSdkFailure(error);

    expect(read).toEqual({
      kind: "failed",
      code: "ExpiredIteratorException",
      message: "Iterator expired.",
      statusCode: 400,
      mayBeStored: false,
      cause: error,
    });
  });

  it("says for a name with several addresses what happened at each, and that nothing was sent", () => {
    const refusals = ["connect ECONNREFUSED ::1:1", "connect ETIMEDOUT 127.0.0.1:1"].map((message) =>
      failure("Error", message, { syscall: "connect" }),
    );
    const error = Object.assign(new AggregateError(refusals), { code: "ETIMEDOUT", $metadata: { attempts: 1 } });

    const read = readSdkFailure(error);

    expect(read.message).toBe("connect ECONNREFUSED ::1:1; connect ETIMEDOUT 127.0.0.1:1");
    expect(read.mayBeStored).toBe(false);
  });

  it("shows the name of an error without a message", () => {
    expect(readSdkFailure(early("SomethingBroke", "")).message).toBe("SomethingBroke");
  });
});
