import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { ModelSnapshot } from "../../../../src/testing/kinesis-model/model-snapshot.js";
import type { StoredRecord } from "../../../../src/testing/kinesis-model/shard.js";
import type { JsonObject } from "../../../../src/testing/operations/operation.js";
import { KinesisService, type KinesisServiceOptions } from "../../../../src/testing/service/kinesis-service.js";
import { DataDirectory } from "../../../../src/testing/storage/data-directory.js";
import { systemTime } from "../../../../src/testing/system-time.js";
import { ServiceUnderTest } from "../service/service-under-test.js";

/** No lock: each test has its own folder. */
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

/** A service over a data directory. `restart` replaces it with another service over the same directory. */
export class KeptService extends ServiceUnderTest {
  readonly #folder: string;
  readonly #options: KinesisServiceOptions;
  #directory: DataDirectory;

  constructor(folder: string, options: KinesisServiceOptions = { streams: { clicks: { shards: 2 } } }) {
    const directory = DataDirectory.openLocked(folder, NO_LOCK);
    try {
      super(options, undefined, directory);
    } catch (error) {
      directory.close();
      throw error;
    }
    this.#folder = folder;
    this.#options = options;
    this.#directory = directory;
    onTestFinished(() => this.#directory.close());
  }

  restart(options: KinesisServiceOptions = this.#options): void {
    this.#directory.close();
    this.#directory = DataDirectory.openLocked(this.#folder, NO_LOCK);
    this.service = new KinesisService(options, this.now, systemTime, this.#directory);
  }

  close(): void {
    this.#directory.close();
  }

  /** Puts a record of a key. Returns its sequence number. */
  putKey(PartitionKey: string, fields: JsonObject = {}): string {
    return this.putText(`data of ${PartitionKey}`, { PartitionKey, ...fields }).SequenceNumber;
  }

  /** The whole state of a model, without the ordinal. */
  state(): Omit<ModelSnapshot, "ordinal"> & { readonly records: readonly StoredRecord[] } {
    const { ordinal, ...model } = this.model.snapshot();
    const records = this.model.streams.flatMap(({ shards }) => shards.flatMap((shard) => shard.records));
    return { ...model, records: records.map((record) => ({ ...record, data: new Uint8Array(record.data) })) };
  }

  keys(): (string | undefined)[] {
    return this.state().records.map(({ partitionKey }) => partitionKey);
  }
}
