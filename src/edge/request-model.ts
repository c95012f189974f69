import { type KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";

import type { StreamRef } from "../core/ports.js";
import type { HttpTarget } from "./http-exchange.js";
import { JSON_CONTENT_TYPE } from "./put-records-json.js";
import { sdkStream } from "./sdk-stream.js";
import { UnknownRequestForm } from "./unknown-request-form.js";

/** A PutRecords request of the SDK's client without its body. */
export interface RequestModel {
  readonly target: HttpTarget;
  /** Headers that are the same for every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly signingRegion: string;
  readonly signingService: string;
  /** The access key of the request: endpoint and user agent may depend on it. */
  readonly accessKeyId: string;
  /** The model has the trace of one Lambda invocation, or could have it: the next request needs a new model. */
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

const AUTHORIZATION = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request,/;

/** Headers that differ for each request. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  "authorization",
  "x-amz-date",
  "x-amz-security-token",
  "x-amz-content-sha256",
  "content-length",
  "content-type",
  "amz-sdk-invocation-id",
]);

/** Headers that the SDK adds inside Lambda functions. */
const TRACE_HEADERS: ReadonlySet<string> = new Set(["x-amzn-trace-id", "traceparent"]);

/**
 * Lets the SDK's client build and sign a request without records, and takes that request before it is sent. So the SDK
 * decides everything about the target and the headers: region, endpoint rules for ARNs, accounts, FIPS and dual stack,
 * shared configuration, user agent.
 *
 * @throws {@link UnknownRequestForm} for a request of an unexpected form; otherwise the errors of the client before it
 * sends: no credentials, no region, no endpoint for an ARN
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
    // After the steps that build the request, before the steps that read the answer.
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
    throw new UnknownRequestForm("its requests are not HTTP POSTs to a path without a query");
  }
  if (headers["content-type"] !== JSON_CONTENT_TYPE || !isJsonOf(request.body, input)) {
    throw new UnknownRequestForm(`its bodies are not the expected ${JSON_CONTENT_TYPE}`);
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
  // The first request of a function may come during its start, when there is no trace yet.
  if (process.env.AWS_LAMBDA_FUNCTION_NAME !== undefined) return true;
  return Object.keys(headers).some((name) => TRACE_HEADERS.has(name.toLowerCase()));
}

/** Whether the body is the expected JSON. A caller's middleware or protocol would have written another body. */
function isJsonOf(body: Uint8Array | string, input: object): boolean {
  const sorted = (value: object): string => JSON.stringify(Object.entries(value).sort());
  try {
    return sorted(JSON.parse(textOf(body)) as object) === sorted(input);
  } catch {
    return false;
  }
}

/** Read from the bytes: the SDK's byte array logs a warning when it is used as a string. */
function textOf(body: Uint8Array | string): string {
  if (typeof body === "string") return body;
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
}

/** An IPv6 address has brackets in a URL, but not for a socket. */
function withoutBrackets(hostname: string): string {
  return hostname.startsWith("[") && hostname.endsWith("]") ? hostname.slice(1, -1) : hostname;
}
