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
  readonly agent: Agent;
  /** Milliseconds that a new connection may take. */
  readonly connectTimeoutMs: number;
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
  { agent, connectTimeoutMs, signal }: HttpWay,
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
    limitConnecting(sent, connectTimeoutMs);
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

/** Only here is it known that there is no connection, so that nothing was sent: the time limit of the request knows nothing. */
function limitConnecting(sent: ClientRequest, limitMs: number): void {
  sent.once("socket", (socket) => {
    if (!socket.connecting) return;
    const timer = setTimeout(() => {
      const error = new Error(`the request did not establish a connection with the service within ${limitMs} ms`);
      error.name = "TimeoutError";
      sent.destroy(error);
    }, limitMs);
    const stop = (): void => clearTimeout(timer);
    socket.once("connect", stop);
    sent.once("close", stop);
  });
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
