import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type DeliveryDestination, folderDestination, s3Destination } from "kinesis-producer/testing";

/** The place of the files. */
export interface Bucket {
  /** For a person. */
  readonly name: string;
  readonly destination: DeliveryDestination;
  /** Reads every file back. */
  files(): AsyncIterable<BucketFile>;
  close(): void;
}

export interface BucketFile {
  readonly key: string;
  readonly text: string;
}

/** Files below a folder. */
export function folderBucket(path: string): Bucket {
  return {
    name: path,
    destination: folderDestination(path),
    async *files() {
      for (const entry of await readdir(path, { recursive: true, withFileTypes: true }).catch(() => [])) {
        if (!entry.isFile()) continue;
        const file = join(entry.parentPath, entry.name);
        yield { key: file.slice(path.length + 1), text: await readFile(file, "utf8") };
      }
    },
    close() {},
  };
}

/** The parts of `@aws-sdk/client-s3` that are used. This repository does not install it. */
interface S3Module {
  readonly S3Client: new (
    config: object,
  ) => {
    // biome-ignore lint/suspicious/noExplicitAny: the answers of the SDK, whose types are not installed
    send(command: never): Promise<any>;
    destroy(): void;
  };
  readonly CreateBucketCommand: S3Command;
  readonly ListObjectsV2Command: S3Command;
  readonly GetObjectCommand: S3Command;
  readonly PutObjectCommand: S3Command;
}

type S3Command = new (input: object) => object;

/**
 * A new bucket on a server with the API of S3.
 *
 * @throws Error when `@aws-sdk/client-s3` is not installed, or when the server does not answer
 */
export async function s3Bucket(endpoint: string, name: string): Promise<Bucket> {
  const sdk = await s3Module();
  const credentials = {
    accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? "local",
    secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? "local",
  };
  const region = process.env.AWS_REGION ?? "us-east-1";
  const client = new sdk.S3Client({ endpoint, region, credentials, forcePathStyle: true });
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const send = (Command: S3Command, input: object): Promise<any> =>
    client.send(new Command({ Bucket: name, ...input }) as never);
  await send(sdk.CreateBucketCommand, {});
  return {
    name: `${endpoint}/${name}`,
    destination: s3Destination({ client, PutObjectCommand: sdk.PutObjectCommand, bucket: name }),
    async *files() {
      let token: string | undefined;
      do {
        const page = await send(sdk.ListObjectsV2Command, { ContinuationToken: token });
        for (const { Key } of page.Contents ?? []) {
          const { Body } = await send(sdk.GetObjectCommand, { Key });
          yield { key: Key, text: await Body.transformToString() };
        }
        token = page.NextContinuationToken;
      } while (token !== undefined);
    },
    close: () => client.destroy(),
  };
}

async function s3Module(): Promise<S3Module> {
  const name = "@aws-sdk/client-s3";
  try {
    return (await import(name)) as S3Module;
  } catch (cause) {
    throw new Error(`--s3 needs ${name}: npm install --no-save ${name}`, { cause });
  }
}
