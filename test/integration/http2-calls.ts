import { type ClientHttp2Session, connect, constants } from "node:http2";

/** How a call over HTTP/2 ended: an answer, whole or not, or the code with which its stream was reset. */
export interface Http2Outcome {
  readonly status: number | undefined;
  readonly text: string;
  readonly resetCode: number;
}

/** A session, and what became of it. */
export interface Http2Calls {
  readonly session: ClientHttp2Session;
  /** The code that the server said goodbye with. */
  readonly goodbyes: readonly number[];
  /** Resolves when the session is gone. */
  readonly closed: Promise<void>;
  call(operation: string, input: object): Promise<Http2Outcome>;
}

/** Opens one session, for calls that shall share it. */
export function openSession(endpoint: string, options: { readonly ca?: string } = {}): Http2Calls {
  const session = connect(endpoint, options);
  const goodbyes: number[] = [];
  session.on("goaway", (code) => goodbyes.push(code));
  // Told by the outcomes of its calls.
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

/** Input of PutRecords: one record a key. */
export function putInput(...keys: readonly string[]): object {
  return { StreamName: "clicks", Records: keys.map((PartitionKey) => ({ PartitionKey, Data: "eA==" })) };
}
