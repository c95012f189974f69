/** The code of an attempt that could not start because the SDK's configuration cannot be used. */
export const UNUSABLE_CONFIGURATION = "UnusableConfiguration";

/** Codes of Node.js for an endpoint that is not a URL, or not one of HTTP. */
const OF_ENDPOINT: ReadonlySet<unknown> = new Set([
  "ERR_INVALID_URL",
  "ERR_INVALID_PROTOCOL",
  "ERR_HTTP2_UNSUPPORTED_PROTOCOL",
]);

/**
 * The SDK has no codes for these: "Region is missing", "Region not accepted: region="eu west 1" is not a valid hostname
 * component.", "Resolved credential object is not valid" (a credentials object without a secret key).
 */
const MESSAGES = /^(Region is missing|Region not accepted\b|Resolved credential object is not valid)/;

/** The packages of the SDK are not there, or cannot be loaded. */
export class SdkNotLoadedError extends Error {
  constructor(cause: unknown) {
    super(`the AWS SDK cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** How to mend it, for the problems that have one place. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/^Region is missing/, "set the option region, the environment variable AWS_REGION, or region in the AWS profile"],
  [
    /^the AWS SDK cannot be loaded: (EMFILE|ENFILE)/,
    "raise the limit of open files, and start the process again: Node.js does not repeat an import that has failed",
  ],
  [
    /^the AWS SDK cannot be loaded/,
    "install @aws-sdk/client-kinesis and the other dependencies of kinesis-producer, or let the bundle contain them",
  ],
  [/^Resolved credential object/, "the option credentials needs accessKeyId and secretAccessKey"],
  [
    /^Invalid URL/,
    "the endpoint must be a URL; it comes from the option endpoint, AWS_ENDPOINT_URL or the AWS profile",
  ],
];

/**
 * Whether a client of the SDK cannot make any request: no region, an endpoint that is not a URL, options that contradict
 * each other (an `EndpointError` of the SDK's endpoint rules). Such an error comes before the network is used, and a
 * retry gives the same error. A failure of the credentials or of the name service is not one: it may pass.
 */
export function isConfigurationProblem(error: Error): boolean {
  // A provider may call another service, for which it has no region. It is asked again, as after any failure of it.
  if (error.name === "CredentialsProviderError") return false;
  if (error instanceof SdkNotLoadedError) return true;
  if (error.name === "EndpointError" || MESSAGES.test(error.message)) return true;
  return OF_ENDPOINT.has((error as { readonly code?: unknown }).code);
}

/** The message of such an error, with advice. */
export function configurationMessage({ message }: Error): string {
  const advice = ADVICE.find(([pattern]) => pattern.test(message))?.[1];
  return advice === undefined ? message : `${message.replace(/\.$/, "")}; ${advice}`;
}
