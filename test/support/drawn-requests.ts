import {
  KinesisClient,
  type KinesisClientConfig,
  PutRecordsCommand,
  type PutRecordsCommandInput,
} from "@aws-sdk/client-kinesis";

/** A request as the SDK's client hands it to its handler. */
export interface SdkHttpRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** An endpoint and credentials for tests where they do not matter. */
export const SOMEWHERE: KinesisClientConfig = {
  region: "eu-west-1",
  credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" },
  maxAttempts: 1,
};

/** The HTTP/1.1 request that a client of this configuration makes for an input. Nothing is sent. */
export async function drawnRequest(
  config: KinesisClientConfig,
  input: PutRecordsCommandInput,
): Promise<SdkHttpRequest> {
  let drawn: SdkHttpRequest | undefined;
  const requestHandler = {
    metadata: { handlerProtocol: "http/1.1" },
    handle: async (request: SdkHttpRequest & { readonly body: Uint8Array | string }) => {
      const { body } = request;
      const bytes =
        typeof body === "string" ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.length);
      const { method, protocol, hostname, port, path, headers } = request;
      drawn = { method, protocol, hostname, path, headers, body: bytes, ...(port === undefined ? {} : { port }) };
      throw new Error("drawn");
    },
  };
  const client = new KinesisClient({ ...config, requestHandler: requestHandler as never });
  await client.send(new PutRecordsCommand(input)).catch((error: Error) => {
    if (error.message !== "drawn") throw error;
  });
  if (drawn === undefined) throw new Error("the client sent nothing");
  return drawn;
}
