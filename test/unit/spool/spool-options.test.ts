import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { OPTIONS } from "../../../src/option-table.js";
import { resolveSpoolOptions, type SpoolOptions } from "../../../src/spool/spool-options.js";

const LEAST: SpoolOptions = { directory: resolve("/spool"), producer: { streamName: "clicks" } };
const MEBIBYTE = 1024 * 1024;
/** Options that the producer of a spool gets as they are: none changes the bytes of a record, or when it is given up. */
const PASSED_ON =
  "agent aggregation client clock compression connectTimeoutMs credentials directory endpoint lingerMs logger maxBufferedBytes " +
  "maxBufferedRecords maxBufferedShare maxInFlightRequests maxRecordBytes maxRequestBytes maxRequestRecords maxWaitingBytes " +
  "maxWaitingPuts ordering protocol proxy random recordDistribution region requestTimeoutMs shardLimits shardMapMaxAgeMs " +
  "shardMapTimeoutMs streamArn streamName streamSummaryMaxAgeMs tls transport";

describe("the options of a spool", () => {
  it("have defaults", () => {
    expect(resolveSpoolOptions(LEAST)).toEqual({
      ...LEAST,
      durability: "disk",
      maxBytes: 1024 * MEBIBYTE,
      segmentBytes: 32 * MEBIBYTE,
      recordIds: true,
      deadLetters: { directory: join(LEAST.directory, "dead-letters") },
    });
  });

  it("have absolute paths, because the program may change its working directory", () => {
    const options: SpoolOptions = { ...LEAST, directory: "log", deadLetters: { directory: "letters", maxBytes: 9 } };

    expect(resolveSpoolOptions(options)).toMatchObject({
      directory: resolve("log"),
      deadLetters: { directory: resolve("letters"), maxBytes: 9 },
    });
    expect(resolveSpoolOptions({ ...options, deadLetters: { maxBytes: 9 } }).deadLetters).toEqual({
      directory: resolve("log", "dead-letters"),
      maxBytes: 9,
    });
  });

  it("have segments of at most an eighth of maxBytes", () => {
    expect(resolveSpoolOptions({ ...LEAST, maxBytes: 8 * MEBIBYTE }).segmentBytes).toBe(MEBIBYTE);
    expect(() => resolveSpoolOptions({ ...LEAST, maxBytes: 8 * MEBIBYTE, segmentBytes: MEBIBYTE + 1 })).toThrow(
      "segmentBytes must be at most maxBytes / 8 (1048576), got 1048577",
    );
  });

  it.each([
    [{ directory: "" }, 'directory must be the path of a directory, got ""'],
    [{ durability: "none" }, 'durability must be "disk" or "os", got "none"'],
    [{ maxBytes: MEBIBYTE - 1 }, "maxBytes must be a whole number from 1048576, got 1048575"],
    [{ recordIds: "yes" }, 'recordIds must be true or false, got "yes"'],
    [{ streamName: "clicks" }, "streamName is no option of a spool"],
    [{ producer: undefined }, "producer must be the producer's options, got undefined"],
    [{ onRefused: 5 }, "onRefused must be a function, got 5"],
    [{ propagate: "trace" }, 'propagate must be a function, got "trace"'],
    [{ closeOnSignals: ["SIGKILL"] }, 'closeOnSignals must be a list of "SIGTERM", "SIGINT" and "SIGHUP"'],
    [{ closeOnSignals: "SIGTERM" }, 'closeOnSignals must be a list of "SIGTERM", "SIGINT" and "SIGHUP"'],
    [{ deadLetters: 5 }, "deadLetters must be options of dead letters, got 5"],
    [{ deadLetters: { directory: "" } }, 'deadLetters.directory must be the path of a directory, got ""'],
    [
      { producer: { serialize: JSON.stringify } },
      "producer.serialize cannot be set on a spool: the log holds bytes; call it yourself for the data of an append",
    ],
    [{ producer: { recordTtlMs: 5 } }, "producer.recordTtlMs cannot be set on a spool: a record stays in the spool"],
    [{ producer: { onDelivery: () => {} } }, "producer.onDelivery cannot be set on a spool"],
    [{ producer: { aggregation: false } }, "with aggregation: false, record ids need the envelope"],
    [{ producer: { recordDistribution: "AUTO" } }, 'with recordDistribution: "AUTO", record ids need the envelope'],
  ])("%j: %s", (options, message) => {
    expect(() => resolveSpoolOptions({ ...LEAST, ...options } as SpoolOptions)).toThrow(message);
  });

  it("have a decision for each option of a producer: it is passed on, or refused", () => {
    const names = Object.keys(OPTIONS).filter((name) => !name.includes("."));
    const isRefused = (name: string): boolean => {
      try {
        resolveSpoolOptions({ ...LEAST, producer: { ...LEAST.producer, [name]: undefined } });
        resolveSpoolOptions({
          ...LEAST,
          producer: { ...LEAST.producer, [name]: Symbol(name) },
        } as unknown as SpoolOptions);
        return false;
      } catch (error) {
        return (error as Error).message.startsWith(`producer.${name} cannot be set on a spool`);
      }
    };

    expect(names.filter((name) => !isRefused(name)).sort()).toEqual(PASSED_ON.split(" "));
  });

  it.each([undefined, null, "/spool"])("%s are no options", (options) => {
    expect(() => resolveSpoolOptions(options as unknown as SpoolOptions)).toThrow(
      "options must be the options of a spool",
    );
  });

  it("take a producer without the envelope when ids are off", () => {
    const options: SpoolOptions = { ...LEAST, recordIds: false, producer: { aggregation: false } };

    expect(resolveSpoolOptions(options).recordIds).toBe(false);
  });
});
