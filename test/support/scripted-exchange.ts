import type { RequestFailure } from "../../src/core/ports.js";
import { exchange, type HttpAnswer } from "../../src/edge/http-exchange.js";
import { readSdkFailure } from "../../src/edge/sdk-failure.js";
import type { ScriptedAgent } from "./scripted-sockets.js";

export type Protocol = "http:" | "https:";

const BODY = Buffer.from("a body");
/** A whole answer. */
export const ANSWER = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

/** A turn of the event loop: Node assigns sockets, closes them and reports in later ticks. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Posts a small body over scripted connections. */
export function post(
  protocol: Protocol,
  { agent }: ScriptedAgent,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<HttpAnswer> {
  const target = { protocol, hostname: "kinesis.example", port: undefined, path: "/" };
  return exchange(target, { "content-length": `${BODY.length}` }, BODY, { agent, signal });
}

/** The reported fields of a failed exchange. */
export const toldOf = (failed: Promise<unknown>): Promise<RequestFailure> =>
  failed.then(() => {
    throw new Error("the exchange has an answer");
  }, readSdkFailure);
