import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { KinesisModel } from "../../../../src/testing/kinesis-model/kinesis-model.js";
import type { ModelSnapshot } from "../../../../src/testing/kinesis-model/model-snapshot.js";
import type { StoredRecord } from "../../../../src/testing/kinesis-model/shard.js";
import type { JsonObject } from "../../../../src/testing/operations/operation.js";
import type { OperationName } from "../../../../src/testing/operations/operations.js";
import { KinesisService, type KinesisServiceOptions } from "../../../../src/testing/service/kinesis-service.js";
import { DataDirectory } from "../../../../src/testing/storage/data-directory.js";
import { systemTime } from "../../../../src/testing/system-time.js";

export const NOW: number = Date.UTC(2026, 10, 21);

/** Each test has its folder alone. */
const NO_LOCK = { release: (): void => {} };

/** A folder for one test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "kinesis-data-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Every file below a folder with its bytes as text. */
export function filesOf(folder: string): Record<string, string> {
  const paths = (readdirSync(folder, { recursive: true }) as string[]).sort();
  const files = paths.filter((path) => statSync(join(folder, path)).isFile());
  return Object.fromEntries(files.map((path) => [path, readFileSync(join(folder, path), "latin1")]));
}

/** A service over a data directory; `restart` is another one over the same. */
export class KeptService {
  now: number = NOW;
  readonly #folder: string;
  readonly #options: KinesisServiceOptions;
  #directory: DataDirectory;
  #service: KinesisService;

  constructor(folder: string, options: KinesisServiceOptions = { streams: { clicks: { shards: 2 } } }) {
    this.#folder = folder;
    this.#options = options;
    this.#directory = DataDirectory.openLocked(folder, NO_LOCK);
    try {
      this.#service = new KinesisService(options, this.now, systemTime, this.#directory);
    } catch (error) {
      this.#directory.close();
      throw error;
    }
    onTestFinished(() => this.#directory.close());
  }

  get model(): KinesisModel {
    return this.#service.model;
  }

  restart(options: KinesisServiceOptions = this.#options): void {
    this.#directory.close();
    this.#directory = DataDirectory.openLocked(this.#folder, NO_LOCK);
    this.#service = new KinesisService(options, this.now, systemTime, this.#directory);
  }

  close(): void {
    this.#directory.close();
  }

  // biome-ignore lint/suspicious/noExplicitAny: answers are read by many paths, and wrong ones fail their assertion
  call(operation: OperationName, input: JsonObject = { StreamName: "clicks" }): any {
    const { statusCode, body } = this.#service.answer({ operation, input, now: this.now });
    return { statusCode, ...JSON.parse(JSON.stringify(body ?? {})) };
  }

  put(PartitionKey: string, fields: JsonObject = {}): string {
    const Data = Buffer.from(`data of ${PartitionKey}`).toString("base64");
    return this.call("PutRecord", { StreamName: "clicks", PartitionKey, Data, ...fields }).SequenceNumber;
  }

  /** All that a model holds, without the ordinal. */
  state(): { readonly streams: ModelSnapshot["streams"]; readonly records: readonly StoredRecord[] } {
    const { streams } = this.model.snapshot();
    const records = this.model.streams.flatMap(({ shards }) => shards.flatMap((shard) => shard.records));
    return { streams, records: records.map((record) => ({ ...record, data: new Uint8Array(record.data) })) };
  }

  keys(): (string | undefined)[] {
    return this.state().records.map(({ partitionKey }) => partitionKey);
  }
}
