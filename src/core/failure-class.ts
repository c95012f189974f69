import type { RequestFailure } from "./ports.js";

/**
 * The class of a failure, by its code. Only this file decides which codes can be retried.
 *
 * - `throttled`: slow down, then retry
 * - `transient`: retry after a pause
 * - `credentials`: ask the caller's provider again, then retry
 * - `clock-skew`: retry with the corrected clock
 * - `bad-record`: an entry of the request is bad; find it, and send the rest
 * - `no-stream`: the stream does not exist, or no longer exists
 * - `fatal`: a retry cannot help; fail at once with the service's message
 *
 * Sources: "PutRecords", "Common Errors" (Amazon Kinesis Data Streams API Reference).
 */
export type FailureClass =
  | "throttled"
  | "transient"
  | "credentials"
  | "clock-skew"
  | "bad-record"
  | "no-stream"
  | "fatal";

const BY_CODE: ReadonlyMap<string, FailureClass> = new Map<string, FailureClass>([
  ["ProvisionedThroughputExceededException", "throttled"],
  ["LimitExceededException", "throttled"],
  ["ThrottlingException", "throttled"],
  ["Throttling", "throttled"],
  ["TooManyRequestsException", "throttled"],
  ["RequestLimitExceeded", "throttled"],
  ["SlowDown", "throttled"],
  ["KMSThrottlingException", "throttled"],
  ["ExpiredTokenException", "credentials"],
  ["ExpiredToken", "credentials"],
  ["UnrecognizedClientException", "credentials"],
  ["InvalidClientTokenId", "credentials"],
  ["InvalidAccessKeyId", "credentials"],
  ["InvalidToken", "credentials"],
  ["TokenRefreshRequired", "credentials"],
  ["AuthFailure", "credentials"],
  // Messages about the secret key are below.
  ["InvalidSignatureException", "clock-skew"],
  ["SignatureDoesNotMatch", "clock-skew"],
  ["RequestExpired", "clock-skew"],
  ["RequestTimeTooSkewed", "clock-skew"],
  ["ValidationException", "bad-record"],
  ["InvalidArgumentException", "bad-record"],
  ["SerializationException", "bad-record"],
  ["RequestEntityTooLarge", "bad-record"],
  ["ResourceNotFoundException", "no-stream"],
  ["AccessDeniedException", "fatal"],
  ["MissingAuthenticationToken", "fatal"],
  ["MissingAuthenticationTokenException", "fatal"],
  ["IncompleteSignature", "fatal"],
  ["OptInRequired", "fatal"],
  ["NotAuthorized", "fatal"],
  ["UnknownOperationException", "fatal"],
  ["DryRunOperationException", "fatal"],
  ["KMSAccessDeniedException", "fatal"],
  ["KMSDisabledException", "fatal"],
  ["KMSNotFoundException", "fatal"],
  ["KMSOptInRequired", "fatal"],
  // A key pending import or deletion can come back within the record's time to live.
  ["KMSInvalidStateException", "transient"],
]);

/** "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key …" */
const OF_SIGNATURE: ReadonlySet<string> = new Set(["InvalidSignatureException", "SignatureDoesNotMatch"]);
const OF_SECRET = /signature we calculated does not match/i;

/**
 * "The security token included in the request is expired": some services use the code of a missing permission for it.
 */
const OF_ACCESS: ReadonlySet<string> = new Set(["AccessDeniedException", "AccessDenied"]);
const OF_TOKEN = /security token .*(expired|invalid)/i;

/**
 * The code for an error answer without a readable code: a proxy's page, an empty body, a gateway's JSON, an answer that
 * was cut off. It is not a code of the service.
 */
export function codeOfStatus(statusCode: number): string {
  return `Http${statusCode}`;
}

/** The SDK's name for an error answer without a code. */
const UNNAMED = "Unknown";

/** An error of the SDK's client: the fields that show where its name comes from. */
export interface ThrownByClient {
  readonly name: string;
  /** Set on an error answer that the client could read. */
  readonly $fault?: unknown;
}

/** Whether the error is an answer with a code of the service. */
export function isNamedByService({ name, $fault }: ThrownByClient): boolean {
  return $fault !== undefined && name !== UNNAMED;
}

/** The code of an answer that the SDK's client turned into an error; undefined for a success that cannot be read. */
export function codeOfAnswer(error: ThrownByClient, statusCode: number): string | undefined {
  if (statusCode === 413) return "RequestEntityTooLarge";
  if (isNamedByService(error)) return error.name;
  return statusCode >= 300 ? codeOfStatus(statusCode) : undefined;
}

/**
 * The class of a failure, of an entry or of a whole request. Undocumented codes are `transient`: a record may be sent
 * twice, which is better than lost.
 *
 * @param code - the service's code, or the name of the network's error
 * @param statusCode - the HTTP status, when there was an answer
 * @param message - the service's message; it decides where one code has two causes
 */
export function classifyFailure(code: string, statusCode?: number, message = ""): FailureClass {
  if (OF_SIGNATURE.has(code) && OF_SECRET.test(message)) return "credentials";
  if (OF_ACCESS.has(code) && OF_TOKEN.test(message)) return "credentials";
  const known = BY_CODE.get(code);
  if (known !== undefined) return known;
  if (statusCode === 429) return "throttled";
  if (statusCode === 413) return "bad-record";
  // The service refuses with a code. A proxy that refuses without a code may be repaired before the records expire.
  if (statusCode === 401 || statusCode === 403) return code === codeOfStatus(statusCode) ? "transient" : "fatal";
  return "transient";
}

/** The class of a whole request's failure. */
export function classifyRequest({ code, statusCode, message, isFinal }: RequestFailure): FailureClass {
  return isFinal === true ? "fatal" : classifyFailure(code, statusCode, message);
}
