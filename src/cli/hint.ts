/** Parts of error messages, and what the user may do about them. */
const HINTS: readonly (readonly [message: RegExp, hint: string])[] = [
  [/Region is missing/, "name one with --region or AWS_REGION"],
  [
    /Could not load credentials/,
    "the SDK found none in its usual places; a local Kinesis takes AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local",
  ],
  [/ResourceNotFoundException/, "check the name of the stream, --region and --endpoint"],
  [/ExpiredToken|UnrecognizedClient|InvalidSignature/, "check the credentials, and that they belong to this region"],
];

/** A hint for the user about an error; undefined when the message says enough. */
export function hintFor(message: string): string | undefined {
  return HINTS.find(([pattern]) => pattern.test(message))?.[1];
}
