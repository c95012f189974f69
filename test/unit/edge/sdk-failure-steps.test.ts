import { KinesisServiceException } from "@aws-sdk/client-kinesis";
import { describe, expect, it } from "vitest";
import { noteFailedExchange } from "../../../src/edge/exchange-progress.js";
import { readSdkFailure } from "../../../src/edge/sdk-failure.js";

/** An error of the network, as the SDK passes it on. */
function failure(name: string, message: string, fields: { code?: string; syscall?: string } = {}): Error {
  return Object.assign(new Error(message), { name, ...fields, $metadata: { attempts: 1 } });
}

/** Each error of the network in each step, by a client that hides its connections. */
const STEPS: readonly (readonly [code: string, syscall: string | undefined, mayBeStored: boolean])[] = [
  ...["ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL", "EMFILE"].map(
    (code) => [code, "connect", false] as const,
  ),
  ...["ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "ENETDOWN"].flatMap((code) => [
    [code, "read", true] as const,
    [code, "write", true] as const,
    [code, undefined, true] as const,
  ]),
  ["EPIPE", "write", true],
  // The first record of the connection was no TLS; or the hundredth, after a proxy wrote into it.
  ["EPROTO", "write", true],
  ["ERR_SSL_WRONG_VERSION_NUMBER", undefined, true],
  ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", undefined, true],
  ["HPE_INVALID_CONSTANT", undefined, true],
  ["ENOTFOUND", "getaddrinfo", false],
  ["ENOTFOUND", "queryA", false],
  ["EAI_AGAIN", "getaddrinfo", false],
  ["EAI_FAIL", "getaddrinfo", false],
  ["CERT_HAS_EXPIRED", undefined, false],
  ["CERT_REVOKED", undefined, false],
  ["UNABLE_TO_GET_ISSUER_CERT", undefined, false],
  ["ERR_TLS_CERT_ALTNAME_INVALID", undefined, false],
  // Of HTTP/2, which a client uses by default: a stream whose connection was never established, and one that has begun.
  ["ERR_HTTP2_STREAM_CANCEL", undefined, false],
  ["ERR_HTTP2_STREAM_ERROR", undefined, true],
];

describe("a failure of a client that hides its connections", () => {
  it.each(STEPS)("%s in step %s: may be stored %s", (code, syscall, mayBeStored) => {
    const error = failure("Error", `${syscall} ${code}`, { code, ...(syscall === undefined ? {} : { syscall }) });

    expect(readSdkFailure(error)).toMatchObject({ code, mayBeStored });
    expect(readSdkFailure(error).isStaleConnection).toBeUndefined();
  });

  it.each([
    ["without any address", [], true],
    ["all of which failed to connect", ["connect", "connect"], false],
    ["one of which failed later", ["connect", "read"], true],
  ])("several addresses, %s", (_, syscalls, mayBeStored) => {
    const errors = syscalls.map((syscall) => failure("Error", syscall, { syscall }));
    const error = Object.assign(new AggregateError(errors), { code: "ETIMEDOUT", $metadata: { attempts: 1 } });

    expect(readSdkFailure(error).mayBeStored).toBe(mayBeStored);
  });
});

describe("a failure of an exchange that was followed", () => {
  it.each([
    [
      { hasLeft: false, isStale: false },
      { mayBeStored: false, isUnsent: true },
    ],
    [{ hasLeft: true, isStale: false }, { mayBeStored: true }],
    [
      { hasLeft: true, isStale: true },
      { mayBeStored: true, isStaleConnection: true },
    ],
  ])("%o is judged by its step, whatever its name says", (failed, told) => {
    for (const syscall of ["connect", "read"]) {
      const error = failure("Error", `${syscall} EHOSTUNREACH`, { code: "EHOSTUNREACH", syscall });
      noteFailedExchange(error, failed);

      expect(readSdkFailure(error)).toEqual({
        ...{ kind: "failed", code: "EHOSTUNREACH", message: `${syscall} EHOSTUNREACH`, cause: error, ...told },
      });
    }
  });

  it("keeps the first word about an error", () => {
    const error = failure("Error", "read ECONNRESET", { code: "ECONNRESET" });
    noteFailedExchange(error, { hasLeft: false, isStale: false });
    noteFailedExchange(error, { hasLeft: true, isStale: true });

    expect(readSdkFailure(error).mayBeStored).toBe(false);
  });
});

describe("an error answer without a code shows", () => {
  const page = `<html>\n  <h1>Forbidden by policy 7</h1>${" ".repeat(50)}${"x".repeat(500)}</html>`;
  const broken = (fields: object): Error =>
    Object.assign(
      failure("SyntaxError", "Unexpected token '<'\n Deserialization error: to see the raw response"),
      fields,
    );

  it("the beginning of a page, in one line", () => {
    const error = broken({ $metadata: { httpStatusCode: 403 }, $response: { body: Buffer.from(page) } });

    const { message } = readSdkFailure(error);

    expect(message).toMatch(/^HTTP 403 with a body that cannot be read: <html> <h1>Forbidden by policy 7<\/h1> x+…$/);
    expect(message.length).toBeLessThan(250);
  });

  it("the parser's words, where the body is gone", () => {
    const error = broken({ $metadata: { httpStatusCode: 502 } });

    expect(readSdkFailure(error).message).toBe("HTTP 502 with a body that cannot be read: Unexpected token '<'");
  });

  it.each([
    ["UnknownError", "HTTP 403 without an error code"],
    ["Forbidden", "HTTP 403 without an error code: Forbidden"],
  ])("%s", (words, message) => {
    const $metadata = { httpStatusCode: 403 };
    const error = new KinesisServiceException({ name: "Unknown", $fault: "client", message: words, $metadata });

    expect(readSdkFailure(error).message).toBe(message);
  });
});
