/**
 * gofakes3, a server with the API of S3, and the AWS SDK's client for it.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { npmPackage, s3ServerProgram } from "./installed.js";

/** An object as GetObject returns it. */
export interface S3Object {
  readonly Body: { transformToByteArray(): Promise<Uint8Array> };
  readonly ContentEncoding?: string;
}

/** The parts of `@aws-sdk/client-s3` that the tests use. It is not installed with this package, and neither are its types. */
export interface S3Sdk {
  readonly S3Client: new (
    config: object,
  ) => {
    send(command: unknown, options?: object): Promise<unknown>;
    destroy(): void;
  };
  readonly CreateBucketCommand: new (input: { readonly Bucket: string }) => object;
  readonly PutObjectCommand: new (input: object) => object;
  readonly ListObjectsV2Command: new (input: {
    readonly Bucket: string;
    readonly ContinuationToken?: string | undefined;
  }) => object;
  readonly GetObjectCommand: new (input: { readonly Bucket: string; readonly Key: string }) => object;
}

export function s3Sdk(): S3Sdk {
  return createRequire(import.meta.url)(npmPackage("s3", "@aws-sdk/client-s3")) as S3Sdk;
}

/** A running server, empty. */
export interface S3Server {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts gofakes3 on a free port of the loopback interface; it names the port on its standard error. */
export async function startS3Server(): Promise<S3Server> {
  const child = spawn(s3ServerProgram(), ["-backend", "memory", "-host", "127.0.0.1:0"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const port = await new Promise<string>((resolve, reject) => {
    let told = "";
    child.stderr.on("data", (chunk: Buffer) => {
      told += chunk;
      const [, found] = /using port: (\d+)/.exec(told) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once("error", reject);
    void ended.then(() => reject(new Error(`gofakes3 ended: ${told}`)));
  });
  const stop = (): Promise<void> => {
    child.kill();
    return ended;
  };
  return { url: `http://127.0.0.1:${port}`, stop };
}
