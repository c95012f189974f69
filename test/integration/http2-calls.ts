import { type ClientHttp2Session, connect, constants } from "node:http2";

/** The end of a call over HTTP/2: an answer, complete or not, or the code with which its stream was reset. */
export interface Http2Outcome {
  readonly status: number | undefined;
  readonly text: string;
  readonly resetCode: number;
}

/** A session and its events. */
export interface Http2Calls {
  readonly session: ClientHttp2Session;
  /** The codes of the server's GOAWAY frames. */
  readonly goodbyes: readonly number[];
  /** Resolves when the session has closed. */
  readonly closed: Promise<void>;
  call(operation: string, input: object): Promise<Http2Outcome>;
}

/** Opens one session for several calls. */
export function openSession(endpoint: string, options: { readonly ca?: string } = {}): Http2Calls {
  // In megabytes. Since Node.js 22 a client resets its own streams when their bodies need more; 10 by default.
  const session = connect(endpoint, { maxSessionMemory: 1_000, ...options });
  const goodbyes: number[] = [];
  session.on("goaway", (code) => goodbyes.push(code));
  // The outcomes of the calls show the error.
  session.on("error", () => {});
  const closed = new Promise<void>((resolve) => session.once("close", resolve));
  const call = (operation: string, input: object): Promise<Http2Outcome> =>
    new Promise((resolve) => {
      const stream = session.request({
        [constants.HTTP2_HEADER_METHOD]: "POST",
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `Kinesis_20131202.${operation}`,
      });
      let status: number | undefined;
      let text = "";
      stream.setEncoding("utf8");
      stream.on("response", (headers) => {
        status = headers[":status"];
      });
      stream.on("data", (chunk: string) => {
        text += chunk;
      });
      stream.on("error", () => {});
      stream.on("close", () => resolve({ status, text, resetCode: stream.rstCode ?? 0 }));
      stream.end(JSON.stringify(input));
    });
  return { session, goodbyes, closed, call };
}

/** Input of PutRecords: one record per key. */
export function putInput(...keys: readonly string[]): object {
  return { StreamName: "clicks", Records: keys.map((PartitionKey) => ({ PartitionKey, Data: "eA==" })) };
}
