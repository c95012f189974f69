import { type Agent, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { request as secureRequest } from "node:https";

/** Where a request goes. */
export interface HttpTarget {
  readonly protocol: "http:" | "https:";
  readonly hostname: string;
  readonly port: number | undefined;
  readonly path: string;
}

/** How it goes. */
export interface HttpWay {
  /** Limits the time that a new connection may take (`limited-agents`). */
  readonly agent: Agent;
  /** Ends the request, and the connection with it. */
  readonly signal: AbortSignal | undefined;
}

/** A whole answer. */
export interface HttpAnswer {
  readonly statusCode: number;
  /** By names in lower case. */
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Whether the whole request had left by then, and its body is nobody's any more. */
  readonly isSent: boolean;
}

/**
 * Posts a body and reads the answer.
 *
 * @param headers - `content-length` included
 * @returns rejects with the error of the network; with the HTTP status in its `$metadata` when the answer had begun
 */
export function exchange(
  { protocol, hostname, port, path }: HttpTarget,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
  { agent, signal }: HttpWay,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const send = protocol === "https:" ? secureRequest : request;
    const sent = send({ method: "POST", host: hostname, port, path, headers, agent });
    let hasBegun = false;
    sent.once("response", (response) => {
      hasBegun = true;
      readAnswer(sent, response, resolve, reject);
    });
    sent.on("error", (error) => {
      // A service that has answered need not read the rest of the request: then its answer counts, not the broken pipe.
      if (!hasBegun) reject(error);
    });
    endOnAbort(sent, signal);
    // Headers and body leave in one write.
    sent.end(body);
  });
}

function readAnswer(
  sent: ClientRequest,
  response: IncomingMessage,
  resolve: (answer: HttpAnswer) => void,
  reject: (error: Error) => void,
): void {
  const chunks: Buffer[] = [];
  const statusCode = response.statusCode ?? 0;
  response.on("data", (chunk: Buffer) => chunks.push(chunk));
  response.once("end", () => {
    const [first] = chunks;
    const body = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
    resolve({ statusCode, headers: response.headers, body, isSent: sent.writableFinished });
  });
  response.once("error", (error) => reject(Object.assign(error, { $metadata: { httpStatusCode: statusCode } })));
}

function endOnAbort(sent: ClientRequest, signal: AbortSignal | undefined): void {
  if (signal === undefined) return;
  const end = (): void => {
    const error = new Error("the request was aborted");
    error.name = "AbortError";
    sent.destroy(error);
  };
  if (signal.aborted) end();
  signal.addEventListener("abort", end, { once: true });
  sent.once("close", () => signal.removeEventListener("abort", end));
}
