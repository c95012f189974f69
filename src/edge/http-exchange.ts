import { type Agent, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { request as secureRequest } from "node:https";

import { ExchangeProgress, noteFailedExchange } from "./exchange-progress.js";

/** Where a request goes. */
export interface HttpTarget {
  readonly protocol: "http:" | "https:";
  readonly hostname: string;
  readonly port: number | undefined;
  readonly path: string;
}

/** How a request is sent. */
export interface HttpWay {
  /** Limits the time that a new connection may take (`limited-agents`). */
  readonly agent: Agent;
  /** Ends the request, and the connection with it. The signal's reason becomes the error, if it is an Error. */
  readonly signal: AbortSignal | undefined;
  /** Called when the network has taken the whole request, if it does: the body is no longer read. */
  readonly onSent?: () => void;
}

/** A whole answer. */
export interface HttpAnswer {
  readonly statusCode: number;
  /** Names are in lower case. */
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Whether the whole request had left before the answer was complete: then the body is no longer read. */
  readonly isSent: boolean;
}

/**
 * Most bytes of a body that are read. A page of 1,000 shards has half a megabyte, and the answer to 500 records has
 * less. An endless body does not come from the service, and must not fill the memory.
 */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/**
 * Bytes of a body that are given to a connection at a time. TLS keeps a copy until the network takes the bytes. Copies
 * of whole bodies were most of a producer's memory beside its buffer (decisions/0055).
 */
const SLICE_BYTES = 65_536;

/**
 * Posts a body and reads the answer.
 *
 * If a reused connection fails without one byte of an answer, the agent's idle connections are closed too. The cause,
 * for example a restarted gateway, may have dropped all of them, and each would cost a request its time limit.
 *
 * @param headers - `content-length` included
 * @returns rejects with the error of the network. `failedExchange` says how far the exchange had come; `$metadata` has
 * the HTTP status if the answer had begun
 */
export function exchange(
  { protocol, hostname, port, path }: HttpTarget,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
  way: HttpWay,
): Promise<HttpAnswer> {
  const isSecure = protocol === "https:";
  const send = isSecure ? secureRequest : request;
  const sent = send({ method: "POST", host: hostname, port, path, headers, agent: way.agent });
  const answer = answerOf(sent, isSecure, way);
  sendFrom(0, body, sent);
  return answer;
}

/**
 * Sends a body from an offset on, slice by slice. Headers and a body of one slice leave in one write. After the last
 * slice nothing here holds the body.
 */
function sendFrom(at: number, body: Buffer, sent: ClientRequest): void {
  const end = at + SLICE_BYTES;
  if (end >= body.length) {
    sent.end(at === 0 ? body : body.subarray(at));
    return;
  }
  sent.write(body.subarray(at, end), (error) => {
    if (error == null && !sent.destroyed) sendFrom(end, body, sent);
  });
}

function answerOf(sent: ClientRequest, isSecure: boolean, { agent, signal, onSent }: HttpWay): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const progress = new ExchangeProgress(sent, isSecure);
    let isOver = false;
    let hasBegun = false;
    const fail = (error: Error): void => {
      if (isOver) return;
      isOver = true;
      const { hasLeft, isStale } = progress;
      noteFailedExchange(error, { hasLeft, isStale });
      if (isStale) closeIdle(agent);
      reject(error);
    };
    sent.once("response", (response) => {
      hasBegun = true;
      readAnswer(sent, response, fail, (answer) => {
        isOver = true;
        resolve(answer);
      });
    });
    // Without a listener Node ends the request without an error.
    sent.once("upgrade", ({ statusCode = 101 }, socket) => {
      socket.destroy();
      fail(unreadable(`HTTP ${statusCode} switches to a protocol that was not requested`, statusCode));
    });
    sent.on("error", (error) => {
      // A service that has answered need not read the rest of the request: its answer counts then, not the broken pipe.
      if (!hasBegun) fail(error);
    });
    sent.once("close", () => {
      // The connection can end without an error event: the promise must settle also then.
      if (!hasBegun) fail(unreadable("the connection was closed without an answer"));
    });
    endOnAbort(sent, signal, fail);
    if (onSent === undefined) return;
    sent.once("finish", () => {
      // Node emits `finish` also when the connection has ended before the write was complete.
      if (!sent.destroyed && sent.socket?.destroyed === false) onSent();
    });
  });
}

function readAnswer(
  sent: ClientRequest,
  response: IncomingMessage,
  fail: (error: Error) => void,
  succeed: (answer: HttpAnswer) => void,
): void {
  const chunks: Buffer[] = [];
  const { statusCode = 0, headers } = response;
  let bytes = 0;
  response.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes <= MAX_ANSWER_BYTES) return;
    fail(unreadable(`the body of the answer has more than ${MAX_ANSWER_BYTES} bytes`, statusCode));
    sent.destroy();
  });
  response.once("end", () => {
    const [first] = chunks;
    const body = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
    const isSent = sent.writableFinished;
    succeed({ statusCode, headers, body, isSent });
    // Node would keep the connection for this request until the service has read the rest of it, which may never
    // happen.
    if (!isSent) sent.destroy();
  });
  response.once("error", (error) => fail(withStatus(error, statusCode)));
  response.once("close", () => fail(unreadable("the answer was cut off", statusCode)));
}

/** The error for an answer that cannot be used, or for a missing one. */
function unreadable(message: string, statusCode?: number): Error {
  const error = new Error(message);
  error.name = "UnreadableAnswer";
  return statusCode === undefined ? error : withStatus(error, statusCode);
}

function withStatus(error: Error, httpStatusCode: number): Error {
  return Object.assign(error, { $metadata: { httpStatusCode } });
}

function closeIdle({ freeSockets }: Agent): void {
  // An agent of the caller may keep its connections elsewhere.
  for (const sockets of Object.values(freeSockets ?? {})) for (const socket of sockets ?? []) socket.destroy();
}

function endOnAbort(sent: ClientRequest, signal: AbortSignal | undefined, fail: (error: Error) => void): void {
  if (signal === undefined) return;
  const end = (): void => {
    const error = signal.reason instanceof Error ? signal.reason : new Error("the request was aborted");
    // At once: the code that aborts reads from its reason how far the exchange had come.
    fail(error);
    sent.destroy(error);
  };
  if (signal.aborted) end();
  signal.addEventListener("abort", end, { once: true });
  sent.once("close", () => signal.removeEventListener("abort", end));
}
