import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { show } from "../../wording/shown-value.js";
import { checkOptionsObject } from "../options-object.js";

/** A file for a destination. */
export interface DeliveredFile {
  /** Prefix and name, with `/` between folders. */
  readonly key: string;
  readonly body: Uint8Array;
  /** Of compressed files only. */
  readonly contentEncoding?: "gzip";
}

/**
 * Takes files. A file that was not taken is offered again, with the same key and the same bytes; it may have been stored before,
 * when an answer was lost.
 */
export interface DeliveryDestination {
  /**
   * Stores a file whole, or rejects.
   *
   * @param options - its signal is aborted when the delivery stream does not wait any more
   */
  put(file: DeliveredFile, options: { readonly signal: AbortSignal }): Promise<unknown>;
}

/** Bytes of one name in a folder, with room for the end of an unfinished file. File systems allow 255. */
const MAX_NAME_BYTES = 250;

/** Characters of a piece of a longer name: at most 4 bytes each. */
const PIECE = /.{1,60}/gsu;

/**
 * A folder that gets each file at the path of its key. A file appears when it is complete, under its name. A key may have
 * values of records, so every key has a path in the folder: `.` and `..` as names, `\` and NUL are written as `%2E`, `%5C` and
 * `%00`, and a name of more than 250 bytes becomes several folders.
 *
 * @example
 * ```ts
 * folderDestination("build/bucket");
 * ```
 */
export function folderDestination(path: string): DeliveryDestination {
  if (typeof path !== "string" || path === "") throw new RangeError(`path must name a folder, got ${show(path)}`);
  return {
    async put({ key, body }, { signal }) {
      const file = join(path, ...key.split("/").flatMap(namesFor));
      const unfinished = `${file}.part`;
      await mkdir(dirname(file), { recursive: true });
      try {
        await writeFile(unfinished, body, { signal });
        await rename(unfinished, file);
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
    },
  };
}

/** A part of a key as names of a path. */
function namesFor(part: string): readonly string[] {
  const name = /^\.\.?$/.test(part)
    ? part.replaceAll(".", "%2E")
    : part.replaceAll("\\", "%5C").replaceAll("\0", "%00");
  return Buffer.byteLength(name) <= MAX_NAME_BYTES ? [name] : (name.match(PIECE) ?? []).flatMap(namesFor);
}

/** The input of PutObject, as far as a delivery stream sets it. */
export interface PutObjectFields {
  readonly Bucket: string;
  readonly Key: string;
  readonly Body: Uint8Array;
  readonly ContentType: "application/octet-stream";
  readonly ContentEncoding?: "gzip";
}

/** Options of {@link s3Destination}. */
export interface S3DestinationOptions {
  /** An `S3Client` of `@aws-sdk/client-s3`; you destroy it after `close`. */
  readonly client: { send(command: never, options: { readonly abortSignal: AbortSignal }): Promise<unknown> };
  /** `PutObjectCommand` of `@aws-sdk/client-s3`. This package does not depend on the client, so it is handed in. */
  readonly PutObjectCommand: new (
    input: PutObjectFields,
  ) => object;
  readonly bucket: string;
}

/**
 * A bucket of S3, or of a server with its API.
 *
 * @example
 * ```ts
 * import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
 * s3Destination({ client: new S3Client({ region: "eu-west-1" }), PutObjectCommand, bucket: "clicks" });
 * ```
 */
export function s3Destination(options: S3DestinationOptions): DeliveryDestination {
  checkOptionsObject(options, "s3Destination");
  const { client, PutObjectCommand, bucket } = options;
  if (typeof client?.send !== "function") throw new RangeError(`client must be an S3Client, got ${show(client)}`);
  if (typeof PutObjectCommand !== "function") {
    throw new RangeError(`PutObjectCommand must be the class of @aws-sdk/client-s3, got ${show(PutObjectCommand)}`);
  }
  if (typeof bucket !== "string" || bucket === "") throw new RangeError(`bucket must be a name, got ${show(bucket)}`);
  return {
    put: ({ key, body, contentEncoding }, { signal }) => {
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: "application/octet-stream",
        ...(contentEncoding === undefined ? {} : { ContentEncoding: contentEncoding }),
      });
      return client.send(command as never, { abortSignal: signal });
    },
  };
}
