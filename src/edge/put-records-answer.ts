import { KinesisServiceException } from "@aws-sdk/client-kinesis";
import { cbor } from "@smithy/core/cbor";

import type { EntryAnswer } from "../core/ports.js";
import { readEntries } from "./entry-answer.js";
import type { HttpAnswer } from "./http-exchange.js";

type Content = Readonly<Record<string, unknown>>;

/**
 * Reads the answer to a PutRecords request. The body decides between JSON and CBOR, not the request: the service
 * answers some errors of CBOR requests in JSON.
 *
 * @throws the error that the SDK's client throws for the same answer: a `KinesisServiceException` with the service's
 * code and message, or a `SyntaxError` for a body that cannot be read, with the body in `$response`; both with the HTTP
 * status in `$metadata`
 */
export function readPutRecordsAnswer(answer: HttpAnswer): EntryAnswer[] {
  const content = parseBody(answer);
  if (answer.statusCode >= 300) throw serviceException(answer, content);
  return readEntries(content.Records);
}

function parseBody(answer: HttpAnswer): Content {
  const { body } = answer;
  if (body.length === 0) return {};
  try {
    const content: unknown = isCborMap(body) ? parseCbor(body) : JSON.parse(body.toString("utf8"));
    return (content ?? {}) as Content;
  } catch (error) {
    // In the same place as the SDK. A CBOR body is left out: a person cannot read it.
    const shown = isCborMap(body) ? {} : { $response: { body } };
    throw Object.assign(error as Error, { $metadata: metadataOf(answer), ...shown });
  }
}

/** No text begins with such a byte: neither JSON nor a proxy's HTML. */
function isCborMap(body: Buffer): boolean {
  return ((body[0] ?? 0) & 0xe0) === 0xa0;
}

function parseCbor(body: Buffer): unknown {
  try {
    return cbor.deserialize(body);
  } catch (error) {
    throw new SyntaxError(`the answer is not valid CBOR: ${(error as Error).message}`);
  }
}

function serviceException(answer: HttpAnswer, content: Content): KinesisServiceException {
  const { message, Message } = content;
  const metadata = metadataOf(answer);
  return new KinesisServiceException({
    name: codeOf(answer, content),
    message: String(message ?? Message ?? "UnknownError"),
    $fault: answer.statusCode < 500 ? "client" : "server",
    $metadata: metadata,
  });
}

/**
 * The code is in the body, under one of two names, or in a header. A namespace or a link to its documentation may
 * surround it.
 */
function codeOf({ headers }: HttpAnswer, content: Content): string {
  const raw = content.__type ?? content.code ?? headers["x-amzn-errortype"];
  if (raw === undefined) return "Unknown";
  const [code = ""] = String(raw).split(/[,:]/);
  return code.split("#")[1] ?? code;
}

function metadataOf({ statusCode, headers }: HttpAnswer): KinesisServiceException["$metadata"] {
  const [requestId, extendedRequestId] = [headers["x-amzn-requestid"], headers["x-amz-id-2"]];
  return {
    httpStatusCode: statusCode,
    ...(typeof requestId === "string" ? { requestId } : {}),
    ...(typeof extendedRequestId === "string" ? { extendedRequestId } : {}),
  };
}
