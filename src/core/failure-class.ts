import type { RequestFailure } from "./ports.js";

/**
 * What to do about a failure, by its code: the one place that knows which codes can be retried.
 *
 * - `throttled`: slow down, then again
 * - `transient`: again after a pause
 * - `credentials`: again, with what the caller's provider gives when it is asked again
 * - `clock-skew`: again, with the corrected clock
 * - `culprit`: some entry of the request is at fault; find it, send the rest
 * - `no-stream`: the stream does not exist (any more)
 * - `fatal`: will not go away by itself; fail fast with the service's words
 *
 * Sources: "PutRecords", "Common Errors" (Amazon Kinesis Data Streams API Reference).
 */
export type FailureClass = "throttled" | "transient" | "credentials" | "clock-skew" | "culprit" | "no-stream" | "fatal";

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
  // Those that speak of the secret are below.
  ["InvalidSignatureException", "clock-skew"],
  ["SignatureDoesNotMatch", "clock-skew"],
  ["RequestExpired", "clock-skew"],
  ["RequestTimeTooSkewed", "clock-skew"],
  ["ValidationException", "culprit"],
  ["InvalidArgumentException", "culprit"],
  ["SerializationException", "culprit"],
  ["RequestEntityTooLarge", "culprit"],
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

/** "The security token included in the request is expired", which some services say with the code of a missing permission. */
const OF_ACCESS: ReadonlySet<string> = new Set(["AccessDeniedException", "AccessDenied"]);
const OF_TOKEN = /security token .*(expired|invalid)/i;

/**
 * Stands for the code of an error answer that has none which can be read: a proxy's page, an empty body, JSON of some gateway,
 * an answer that broke off. It is not the service's word.
 */
export function codeOfStatus(statusCode: number): string {
  return `Http${statusCode}`;
}

/** The SDK's name for an error answer that names none. */
const UNNAMED = "Unknown";

/** An error of the SDK's client, as far as it says who named it. */
export interface ThrownByClient {
  readonly name: string;
  /** Set on an error answer that the client could read. */
  readonly $fault?: unknown;
}

/** Whether it is an error answer with a code of the service's. */
export function isNamedByService({ name, $fault }: ThrownByClient): boolean {
  return $fault !== undefined && name !== UNNAMED;
}

/** The code of an answer that the SDK's client made an error of; undefined where the answer was a success that cannot be read. */
export function codeOfAnswer(error: ThrownByClient, statusCode: number): string | undefined {
  if (statusCode === 413) return "RequestEntityTooLarge";
  if (isNamedByService(error)) return error.name;
  return statusCode >= 300 ? codeOfStatus(statusCode) : undefined;
}

/**
 * The class of a failure, of an entry or of a whole request. Codes that nobody has documented are `transient`: a record
 * may be sent twice, which is better than lost.
 *
 * @param code - the service's code, or the name of the network's error
 * @param statusCode - the HTTP status, when there was an answer
 * @param message - the service's words; they decide where one code has two causes
 */
export function classifyFailure(code: string, statusCode?: number, message = ""): FailureClass {
  if (OF_SIGNATURE.has(code) && OF_SECRET.test(message)) return "credentials";
  if (OF_ACCESS.has(code) && OF_TOKEN.test(message)) return "credentials";
  const known = BY_CODE.get(code);
  if (known !== undefined) return known;
  if (statusCode === 429) return "throttled";
  if (statusCode === 413) return "culprit";
  // The service refuses by a code. A proxy that refuses without one may be mended within the time that records have.
  if (statusCode === 401 || statusCode === 403) return code === codeOfStatus(statusCode) ? "transient" : "fatal";
  return "transient";
}

/** The class of a whole request's failure. */
export function classifyRequest({ code, statusCode, message, isFinal }: RequestFailure): FailureClass {
  return isFinal === true ? "fatal" : classifyFailure(code, statusCode, message);
}
