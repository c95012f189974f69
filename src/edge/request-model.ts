import { type KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";

import type { StreamRef } from "../core/ports.js";
import type { HttpTarget } from "./http-exchange.js";
import { JSON_CONTENT_TYPE } from "./put-records-json.js";
import { sdkStream } from "./sdk-stream.js";

/** What a PutRecords request of the SDK's client is like around its body. */
export interface RequestModel {
  readonly target: HttpTarget;
  /** Those that are the same for every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly signingRegion: string;
  readonly signingService: string;
  /** Whose request it is: endpoint and user agent may depend on that. */
  readonly accessKeyId: string;
  /** It carries the trace of one invocation, or in a Lambda function could: the next request needs a model of its own. */
  readonly isForOneRequest: boolean;
}

/** The parts of the SDK's request that are read here. */
interface SdkRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: object;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

/** The SDK's client would send something that only it knows how to send. */
export class UnknownRequestForm extends Error {}

const AUTHORIZATION = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request,/;

/** Headers that each request has of its own. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  "authorization",
  "x-amz-date",
  "x-amz-security-token",
  "x-amz-content-sha256",
  "content-length",
  "content-type",
  "amz-sdk-invocation-id",
]);

/** The SDK adds them inside Lambda functions. */
const TRACE_HEADERS: ReadonlySet<string> = new Set(["x-amzn-trace-id", "traceparent"]);

/**
 * Lets the SDK's client draw up a request without records, whole and signed, and takes it away before it is sent. So
 * everything that decides where a request goes and what it says of itself is the SDK's own: region, endpoint rules for
 * ARNs, accounts, FIPS and dual stack, shared configuration, user agent.
 *
 * @throws {@link UnknownRequestForm} for a request that does not look as expected; otherwise what the client throws before it
 * sends anything: no credentials, no region, no endpoint for an ARN
 */
export async function drawModel(
  client: KinesisClient,
  stream: StreamRef,
  options: { readonly abortSignal?: AbortSignal },
): Promise<RequestModel> {
  const input = { ...sdkStream(stream), Records: [] };
  const command = new PutRecordsCommand(input);
  let drawn: unknown;
  command.middlewareStack.add(
    () => async (args) => {
      drawn = (args as { readonly request: unknown }).request;
      return { response: {}, output: { Records: [], $metadata: {} } };
    },
    // Behind everything that makes the request, before what reads the answer.
    { step: "deserialize", priority: "high", name: "drawnUpOnly" },
  );
  await client.send(command, options);
  return readModel(drawn as SdkRequest, input);
}

function readModel(request: SdkRequest, input: object): RequestModel {
  const { method, hostname, port, path, query = {}, headers } = request;
  const [, accessKeyId, signingRegion, signingService] = AUTHORIZATION.exec(headers.authorization ?? "") ?? [];
  if (accessKeyId === undefined || signingRegion === undefined || signingService === undefined) {
    throw new UnknownRequestForm("its requests are not signed with SigV4");
  }
  const { protocol } = request;
  if (method !== "POST" || (protocol !== "https:" && protocol !== "http:") || Object.keys(query).length > 0) {
    throw new UnknownRequestForm("its requests are not posted over HTTP to a path alone");
  }
  if (headers["content-type"] !== JSON_CONTENT_TYPE || !isJsonOf(request.body, input)) {
    throw new UnknownRequestForm(`its requests are not the known ${JSON_CONTENT_TYPE}`);
  }
  return {
    target: { protocol, hostname: withoutBrackets(hostname), port, path },
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !OWN_HEADERS.has(name.toLowerCase()))),
    signingRegion,
    signingService,
    accessKeyId,
    isForOneRequest: isTraced(headers),
  };
}

function isTraced(headers: SdkRequest["headers"]): boolean {
  // A function's first request may be made while it starts, when there is no trace yet.
  if (process.env.AWS_LAMBDA_FUNCTION_NAME !== undefined) return true;
  return Object.keys(headers).some((name) => TRACE_HEADERS.has(name.toLowerCase()));
}

/** A middleware or a protocol of its own would have written something else, or more. */
function isJsonOf(body: Uint8Array | string, input: object): boolean {
  const sorted = (value: object): string => JSON.stringify(Object.entries(value).sort());
  try {
    return sorted(JSON.parse(textOf(body)) as object) === sorted(input);
  } catch {
    return false;
  }
}

/** Of the bytes alone: the SDK's own kind of body warns whoever takes it for a string. */
function textOf(body: Uint8Array | string): string {
  if (typeof body === "string") return body;
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
}

/** An IPv6 address has them in a URL, and not for a socket. */
function withoutBrackets(hostname: string): string {
  return hostname.startsWith("[") && hostname.endsWith("]") ? hostname.slice(1, -1) : hostname;
}
