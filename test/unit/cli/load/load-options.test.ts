import { describe, expect, it } from "vitest";
import { LOAD_OPTIONS, type LoadOptions, readLoadOptions } from "../../../../src/cli/load/load-options.js";
import { readOptions } from "../../../../src/cli/option-table.js";

function read(...args: string[]): LoadOptions {
  return readLoadOptions(readOptions(args, LOAD_OPTIONS), {});
}

describe("without an endpoint", () => {
  it("starts a separate local Kinesis, for 10 s as fast as possible", () => {
    expect(read()).toEqual({
      target: { kind: "own", shards: 4, tls: false, limits: false, schedule: [] },
      plan: {
        producer: {
          streamName: "load",
          region: "us-east-1",
          credentials: { accessKeyId: "local", secretAccessKey: "local" },
          shardLimits: { recordsPerSecond: 1e12, bytesPerSecond: 1e15 },
        },
        sizes: { kind: "fixed", bytes: 100 },
        keys: { kind: "uniform", count: 1_000 },
        how: "enqueue",
        durationMs: 10_000,
        share: { index: 0, of: 1 },
        seed: 1,
      },
      modes: [{ name: "aggregated", producer: {} }],
      processes: 1,
      isJson: false,
      wantsProgress: false,
    });
  });

  it("reads all that shapes a load", () => {
    const { plan, processes, target, modes, reportFile } = read(
      ...["--size", "1024", "--keys", "17", "--rate", "5000", "--duration", "1.5m", "--how", "put", "--processes", "3"],
      ...["--linger", "5", "--aggregation", "reshard-safe", "--limits", "--shards", "7", "--tls"],
      ...["--protocol", "cbor", "--arrivals", "poisson", "--at", "2s split", "--report", "load.html"],
    );

    expect(plan).toMatchObject({
      ...{
        sizes: { kind: "fixed", bytes: 1024 },
        keys: { kind: "uniform", count: 17 },
        durationMs: 90_000,
        how: "put",
      },
      arrivals: { segments: [{ fromMs: 0, toMs: 90_000, from: 5_000, to: 5_000 }], spacing: { kind: "poisson" } },
      producer: { lingerMs: 5, protocol: "cbor" },
    });
    expect(modes).toEqual([{ name: "reshard-safe", producer: { aggregation: "reshard-safe" } }]);
    expect(reportFile).toBe("load.html");
    // The producer's defaults are the limits of a shard.
    expect(plan.producer.shardLimits).toBeUndefined();
    expect(processes).toBe(3);
    const schedule = [{ atMs: 2_000, action: { kind: "split" }, text: "split" }];
    expect(target).toEqual({ kind: "own", shards: 7, tls: true, limits: true, schedule });
  });

  it.each([["0s"], ["10"], ["-1s"], ["169h"], ["soon"]])("refuses --duration %s", (text) => {
    expect(() => read("--duration", text)).toThrow("--duration must be a time like 10s, 500ms, 2m or 1h, up to 168h");
  });

  it("refuses other values that make no sense", () => {
    expect(() => read("--how", "send")).toThrow("--how must be put or enqueue");
    expect(() => read("--processes", "65")).toThrow("--processes must be a whole number, 1 to 64");
    expect(() => read("--protocol", "xml")).toThrow("--protocol must be json or cbor");
    expect(() => read("--aggregation", "some")).toThrow("--aggregation must be on or off or reshard-safe");
  });

  it("refuses an event that would come after the end", () => {
    expect(() => read("--duration", "5s", "--at", "1s split", "--at", "5s reshard 8")).toThrow(
      '--at: "reshard 8" at 5 s would never happen: the load ends after 5 s (--duration)',
    );
    expect(() => read("--at", "11s latency ms=5")).toThrow("the load ends after 10 s (--duration)");
  });

  it("has no stream to choose", () => {
    expect(() => read("--stream", "clicks")).toThrow("--stream needs --endpoint, or --live for a stream on AWS");
  });
});

describe("with an endpoint", () => {
  it.each([["http://127.0.0.1:4567"], ["https://localhost:4567/"], ["http://[::1]:4567"], ["http://127.1.2.3"]])(
    "takes %s, on this machine, with credentials that are nobody's",
    (endpoint) => {
      const { target, plan } = read("--endpoint", endpoint, "--stream", "clicks");

      expect(target).toEqual({ kind: "endpoint" });
      expect(plan.producer).toMatchObject({ endpoint, streamName: "clicks", credentials: { accessKeyId: "local" } });
    },
  );

  it.each([
    ["https://kinesis.eu-west-1.amazonaws.com"],
    ["http://localhost.example.com"],
    ["http://127.0.0.1.example.com"],
    ["http://10.0.0.7:4567"],
    ["http://localhost@kinesis.eu-west-1.amazonaws.com"],
  ])("refuses %s without --live", (endpoint) => {
    expect(() => read("--endpoint", endpoint, "--stream", "clicks")).toThrow(
      `--endpoint ${endpoint} is not on this machine: a load there costs money and uses capacity that others need; --live allows it`,
    );
  });

  it("with --live takes any, or the service's own, with the SDK's credentials and the limits of a shard", () => {
    const endpoint = "https://kinesis.eu-west-1.amazonaws.com";

    const { producer } = read("--live", "--endpoint", endpoint, "--stream", "clicks", "--region", "eu-west-1").plan;

    expect(producer).toEqual({ endpoint, streamName: "clicks", region: "eu-west-1" });
    expect(read("--live", "--stream-arn", "arn:aws:kinesis:eu-west-1:1:stream/clicks").plan.producer).toEqual({
      streamArn: "arn:aws:kinesis:eu-west-1:1:stream/clicks",
    });
  });

  it("needs one stream, and refuses options for the local Kinesis that load starts", () => {
    const endpoint = ["--endpoint", "http://127.0.0.1:4567"];

    expect(() => read(...endpoint)).toThrow("exactly one of --stream and --stream-arn is needed");
    expect(() => read("--live")).toThrow("exactly one of --stream and --stream-arn is needed");
    expect(() => read(...endpoint, "--stream", "a", "--tls")).toThrow(
      "--tls is only for the local Kinesis that load starts: leave out --endpoint and --live",
    );
    expect(() => read(...endpoint, "--stream", "a", "--at", "1s split")).toThrow(
      "--at is only for the local Kinesis that load starts: leave out --endpoint and --live",
    );
    expect(() => read("--live", "--stream", "a", "--shards", "2")).toThrow(
      "--shards is only for the local Kinesis that load starts: leave out --endpoint and --live",
    );
  });
});
