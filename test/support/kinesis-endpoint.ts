import { createHash } from "node:crypto";

/** An answer of a server. */
export interface Answer {
  readonly status: number;
  /** The code of the error without its namespace; empty without an error. */
  readonly code: string;
  // biome-ignore lint/suspicious/noExplicitAny: an answer may be anything: that is the question
  readonly body: any;
}

/** Sends requests to a Kinesis without a client, so that invalid requests can be sent too. */
export class KinesisEndpoint {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** Calls an operation. A body that is text is sent unchanged. */
  async call(operation: string, body: object | string): Promise<Answer> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const response = await fetch(this.#url, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `Kinesis_20131202.${operation}`,
        // Emulators require a signature, but do not check it.
        "x-amz-date": "20260101T000000Z",
        "x-amz-content-sha256": createHash("sha256").update(text).digest("hex"),
        authorization:
          "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/kinesis/aws4_request, SignedHeaders=host;x-amz-date, Signature=00",
      },
      body: text,
      signal: AbortSignal.timeout(60_000),
    });
    const told = await response.text();
    return { status: response.status, ...readBody(told) };
  }

  /** Calls an operation that must succeed. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  async must(operation: string, body: object): Promise<any> {
    const answer = await this.call(operation, body);
    if (answer.status === 200) return answer.body;
    throw new Error(`${operation}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
}

function readBody(text: string): Pick<Answer, "body" | "code"> {
  try {
    const body = JSON.parse(text);
    return { body, code: String(body.__type ?? "").replace(/^.*#/, "") };
  } catch {
    return { body: text, code: "" };
  }
}
