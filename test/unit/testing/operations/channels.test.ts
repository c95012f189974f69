import { beforeEach, describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/testing/operations/operation.js";
import { NOW, ServiceUnderTest } from "../service/service-under-test.js";

let kinesis: ServiceUnderTest;
const ARN = "arn:aws:kinesis:us-east-1:000000000000";
const StreamARN = `${ARN}:stream/wide`;
const ChannelARN = `${ARN}:channel/table`;
const BUCKET = { BucketARN: "arn:aws:s3:::events", ExpectedBucketOwner: "000000000000" };
const S3 = { StorageConfiguration: { ...BUCKET, CompressionType: "GZIP" } };
const TABLES = {
  DeadLetterQueueS3Configuration: BUCKET,
  S3TablesConfigurationList: [
    {
      TableBucketARN: "arn:aws:s3tables:us-east-1:000000000000:bucket/tables",
      ...{ Namespace: "games", TableName: "events", CompressionType: "ZSTD" },
    },
  ],
};

beforeEach(() => {
  kinesis = new ServiceUnderTest({ streams: { wide: { mode: "ON_DEMAND" }, clicks: {} } });
});

function input(fields: JsonObject = {}): JsonObject {
  return {
    ...{ ChannelName: "table", ServiceExecutionRoleARN: "arn:aws:iam::000000000000:role/delivery" },
    StreamConfigurationList: [{ StreamARN, RecordConfiguration: { RecordFormatType: "JSON" } }],
    ...{ S3DestinationConfiguration: S3, ...fields },
  };
}

function create(fields?: JsonObject): string {
  return kinesis.refusal("CreateChannel", input(fields));
}

describe("a channel", () => {
  it("is created, described, listed, updated, tagged and deleted", () => {
    kinesis.model.timing = { ...kinesis.model.timing, createMs: 1_000, updateMs: 1_000 };
    const { ChannelDescription: created } = kinesis.call("CreateChannel", input({ Tags: { team: "web" } }));
    const early = kinesis.refusal("UpdateChannel", { ChannelARN });
    kinesis.now = NOW + 1_000;
    const { ChannelDescription: updated } = kinesis.call("UpdateChannel", {
      ...{ ChannelARN, S3DestinationConfiguration: { DataFreshnessInSeconds: 600 } },
      LoggingConfiguration: { CloudWatchLogs: { Enabled: true } },
    });
    kinesis.now = NOW + 2_000;

    expect(created).toEqual({
      ...{ ChannelName: "table", ChannelARN, ChannelId: expect.any(String), ChannelStatus: "CREATING" },
      ...{ ChannelCreationTimestamp: NOW / 1000, ServiceExecutionRoleARN: "arn:aws:iam::000000000000:role/delivery" },
      StreamConfigurationList: [
        { StreamARN, StreamCreationTimestamp: NOW / 1000, RecordConfiguration: { RecordFormatType: "JSON" } },
      ],
      S3DestinationConfiguration: { DataFreshnessInSeconds: 300, ...S3 },
    });
    expect(early).toContain("400 ResourceInUseException");
    expect(updated.ChannelStatus).toBe("UPDATING");
    expect(kinesis.call("DescribeChannel", { ChannelARN }).ChannelDescription).toEqual({
      ...{ ...updated, ChannelStatus: "ACTIVE" },
      LoggingConfiguration: { CloudWatchLogs: { Enabled: true } },
      S3DestinationConfiguration: { DataFreshnessInSeconds: 600, ...S3 },
    });
    expect(kinesis.call("ListTagsForResource", { ResourceARN: ChannelARN }).Tags).toEqual([
      { Key: "team", Value: "web" },
    ]);
    expect(kinesis.call("DescribeStreamSummary", { StreamARN }).StreamDescriptionSummary.ChannelCount).toBe(1);
    expect(kinesis.call("DescribeLimits", {}).ChannelCount).toBe(1);
    expect(kinesis.refusal("DeleteStream", { StreamARN })).toContain("400 ResourceInUseException");
    expect(kinesis.call("DeleteChannel", { ChannelARN }).statusCode).toBe(200);
    expect(kinesis.refusal("DescribeChannel", { ChannelARN })).toContain("400 ResourceNotFoundException");
    expect(kinesis.refusal("DeleteStream", { StreamARN })).toContain("200");
  });

  it("delivers to tables or to a bucket", () => {
    expect(create({ S3TablesDestinationConfiguration: TABLES })).toContain("and not both");
    expect(create({ S3DestinationConfiguration: undefined })).toContain("400 InvalidArgumentException");
    expect(create({ S3DestinationConfiguration: undefined, S3TablesDestinationConfiguration: TABLES })).toContain(
      "200",
    );
    expect(kinesis.call("ListChannels", {}).ChannelSummaries).toMatchObject([{ ChannelDestinationType: "S3_TABLES" }]);
    expect(
      kinesis.refusal("UpdateChannel", { ChannelARN, S3DestinationConfiguration: { DataFreshnessInSeconds: 300 } }),
    ).toContain("400 InvalidArgumentException");
  });

  it("needs one on-demand stream, its own name, and a freshness within bounds", () => {
    const stream = (name: string) => ({
      ...{ StreamARN: `${ARN}:stream/${name}`, RecordConfiguration: { RecordFormatType: "JSON" } },
    });

    expect(create({ StreamConfigurationList: [stream("clicks")] })).toContain("is in Provisioned mode.");
    expect(create({ StreamConfigurationList: [stream("views")] })).toContain("400 ResourceNotFoundException");
    expect(create({ StreamConfigurationList: [stream("wide"), stream("wide")] })).toContain("has one stream, got 2");
    for (const DataFreshnessInSeconds of [299, 901]) {
      expect(create({ S3DestinationConfiguration: { ...S3, DataFreshnessInSeconds } })).toContain(
        `must be 300 to 900 seconds, got ${DataFreshnessInSeconds}`,
      );
    }
    expect(create({ Tags: { ";": "" } })).toContain("invalid characters");
    expect(create()).toContain("200");
    expect(create()).toContain("400 ResourceInUseException");
    expect(kinesis.refusal("PutResourcePolicy", { ResourceARN: ChannelARN, Policy: "{}" })).toContain(
      "400 InvalidArgumentException",
    );
  });
});

describe("ListChannels", () => {
  const names = (fields: JsonObject): unknown[] =>
    kinesis.call("ListChannels", fields).ChannelSummaries.map(({ ChannelName }: JsonObject) => ChannelName);

  it("pages in the order of names, and filters by stream", () => {
    kinesis.model.createStream("other", { mode: "ON_DEMAND" }, NOW + 5_000);
    const other = `${ARN}:stream/other`;
    for (const ChannelName of ["c", "a"]) create({ ChannelName });
    create({
      ChannelName: "b",
      StreamConfigurationList: [{ StreamARN: other, RecordConfiguration: { RecordFormatType: "STRING" } }],
    });
    const { NextToken } = kinesis.call("ListChannels", { MaxResults: 2 });

    expect([names({}), names({ MaxResults: 2 }), names({ NextToken })]).toEqual([["a", "b", "c"], ["a", "b"], ["c"]]);
    expect([names({ StreamFilter: [{ StreamARN }] }), names({ StreamFilter: [{ StreamARN: other }] })]).toEqual([
      ["a", "c"],
      ["b"],
    ]);
    expect(names({ StreamFilter: [{ StreamARN: other, StreamCreationTimestamp: NOW / 1000 + 5 }] })).toEqual(["b"]);
    expect(
      kinesis.refusal("ListChannels", { StreamFilter: [{ StreamARN: other, StreamCreationTimestamp: NOW / 1000 }] }),
    ).toContain("400 ResourceNotFoundException");
    expect(kinesis.refusal("ListChannels", { NextToken: "?" })).toContain("Invalid NextToken");
  });

  it("shows the channel of a stream that a test has deleted", () => {
    create();
    kinesis.model.deleteStream("wide");

    expect(kinesis.call("ListChannels", {}).ChannelSummaries[0].Streams).toEqual([{ StreamARN }]);
  });
});
