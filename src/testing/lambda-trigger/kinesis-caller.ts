import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { buffer } from "node:stream/consumers";
import type { Clock } from "../../core/ports.js";
import { TARGET_PREFIX } from "../http/local-answer.js";
import type { JsonObject } from "../operations/operation.js";
import type { OperationName } from "../operations/operations.js";
import type { SimulatedKinesis } from "../simulated-kinesis.js";
import { systemTime } from "../system-time.js";
import type { LambdaTriggerOptions } from "./trigger-options.js";

/** A call that failed; `code` is the service's, or that of the network. */
export class CallError extends Error {
  readonly code: string;

  constructor(operation: string, code: string, message: string) {
    super(`${operation} failed with ${code}: ${message}`);
    this.name = "CallError";
    this.code = code;
  }
}

/** Calls a Kinesis that needs no signature, in the JSON protocol. */
export interface KinesisCaller {
  /** @throws CallError when there is no success */
  call(operation: OperationName, input: JsonObject): Promise<JsonObject>;
  /** Ends the calls in flight; each of them fails. */
  close(): void;
}

/** How long a call may take. */
const CALL_TIMEOUT_MS = 10_000;

/** Sends one request; resolves with status and body. */
type Send = (
  headers: Record<string, string>,
  body: string,
  signal: AbortSignal,
) => Promise<{ readonly statusCode: number; readonly body: Uint8Array }>;

/** The caller for the stand-in, or the endpoint, of the options. */
export function callerFor({ kinesis, endpoint, certificate, clock = systemTime }: LambdaTriggerOptions): KinesisCaller {
  if (kinesis !== undefined && "requestHandler" in kinesis) {
    return callBy(sendWithin(kinesis), clock, () => {});
  }
  const url = new URL(kinesis?.endpoint ?? (endpoint as string));
  const ca = kinesis?.certificate ?? certificate;
  const isSecure = url.protocol === "https:";
  const agent = isSecure
    ? new HttpsAgent({ keepAlive: true, ...(ca === undefined ? {} : { ca }) })
    : new HttpAgent({ keepAlive: true });
  const request = isSecure ? httpsRequest : httpRequest;
  const send: Send = (headers, body, signal) =>
    new Promise((resolve, reject) => {
      const sent = request(url, { method: "POST", headers, agent, signal }, (response) => {
        buffer(response).then((bytes) => resolve({ statusCode: response.statusCode ?? 0, body: bytes }), reject);
      });
      sent.on("error", reject);
      sent.end(body);
    });
  return callBy(send, systemTime, () => agent.destroy());
}

function sendWithin(kinesis: Pick<SimulatedKinesis, "requestHandler">): Send {
  const handler = kinesis.requestHandler();
  return async (headers, body, abortSignal) => {
    const { response } = await handler.handle({ method: "POST", headers, body }, { abortSignal });
    const bytes = response.body instanceof Uint8Array ? response.body : await buffer(response.body);
    return { statusCode: response.statusCode, body: bytes };
  };
}

function callBy(send: Send, clock: Clock, onClose: () => void): KinesisCaller {
  const inFlight = new Set<AbortController>();
  let isClosed = false;
  const call: KinesisCaller["call"] = async (operation, input) => {
    const text = JSON.stringify(input);
    const headers = {
      "content-type": "application/x-amz-json-1.1",
      "content-length": String(Buffer.byteLength(text)),
      "x-amz-target": `${TARGET_PREFIX}${operation}`,
    };
    if (isClosed) throw new CallError(operation, "AbortError", "the trigger was closed");
    const limit = new AbortController();
    inFlight.add(limit);
    const timer = clock.setTimer(CALL_TIMEOUT_MS, () => limit.abort());
    let answer: Awaited<ReturnType<Send>>;
    try {
      answer = await send(headers, text, limit.signal);
    } catch (error) {
      const { code, name, message } = error as Error & { readonly code?: unknown };
      throw new CallError(operation, typeof code === "string" ? code : name, message);
    } finally {
      timer.cancel();
      inFlight.delete(limit);
    }
    const output = parsed(answer.body);
    if (answer.statusCode < 400 && output !== undefined) return output;
    const type = output?.__type;
    throw new CallError(
      operation,
      typeof type === "string" ? type : `Http${answer.statusCode}`,
      String(output?.message ?? "an answer that cannot be read"),
    );
  };
  const close = (): void => {
    isClosed = true;
    for (const limit of inFlight) limit.abort();
    onClose();
  };
  return { call, close };
}

function parsed(body: Uint8Array): JsonObject | undefined {
  try {
    return JSON.parse(Buffer.from(body).toString() || "{}");
  } catch {
    return undefined;
  }
}
