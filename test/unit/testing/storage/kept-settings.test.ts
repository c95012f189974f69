import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { NOW } from "../service/service-under-test.js";
import { KeptService, temporaryFolder } from "./kept-service.js";

const HOUR = 3_600_000;
const CLICKS = "arn:aws:kinesis:us-east-1:000000000000:stream/clicks";
const CHANNEL = "arn:aws:kinesis:us-east-1:000000000000:channel/table";

/** Sets everything that has its own operation. Returns the state. */
function configure(kinesis: KeptService): ReturnType<KeptService["state"]> {
  const bucket = { BucketARN: "arn:aws:s3:::events", ExpectedBucketOwner: "000000000000" };
  const wide = CLICKS.replace("clicks", "wide");
  const settings = (Status: string) => ({ MinimumThroughputBillingCommitment: { Status } });
  kinesis.putKey("plain", { ExplicitHashKey: "0" });
  kinesis.call("StartStreamEncryption", { StreamARN: CLICKS, EncryptionType: "KMS", KeyId: "alias/own" });
  kinesis.putKey("secret", { ExplicitHashKey: "0" });
  kinesis.call("EnableEnhancedMonitoring", { StreamARN: CLICKS, ShardLevelMetrics: ["IncomingBytes"] });
  kinesis.call("PutResourcePolicy", { ResourceARN: CLICKS, Policy: '{"b":2}' });
  const { Consumer } = kinesis.call("RegisterStreamConsumer", {
    ...{ StreamARN: CLICKS, ConsumerName: "app", Tags: { team: "web" } },
  });
  kinesis.call("PutResourcePolicy", { ResourceARN: Consumer.ConsumerARN, Policy: '{"a":1}' });
  kinesis.call("UpdateAccountSettings", settings("ENABLED"));
  kinesis.call("CreateStream", { StreamName: "wide", WarmThroughputMiBps: 7 });
  kinesis.call("CreateChannel", {
    ...{ ChannelName: "table", ServiceExecutionRoleARN: "arn:aws:iam::000000000000:role/a", Tags: { team: "web" } },
    StreamConfigurationList: [{ StreamARN: wide, RecordConfiguration: { RecordFormatType: "JSON" } }],
    S3DestinationConfiguration: { StorageConfiguration: { ...bucket, CompressionType: "GZIP" } },
  });
  kinesis.call("UpdateChannel", {
    ...{ ChannelARN: CHANNEL, S3DestinationConfiguration: { DataFreshnessInSeconds: 600 } },
  });
  kinesis.call("UpdateAccountSettings", settings("DISABLED"));
  return kinesis.state();
}

describe("a data directory", () => {
  it("gives encryption, monitoring, policies, warm throughput, channels and the account's settings back", () => {
    const kinesis = new KeptService(temporaryFolder());
    const before = configure(kinesis);

    kinesis.restart();
    kinesis.now += HOUR;

    expect(kinesis.state()).toEqual(before);
    const { ConsumerARN } = kinesis.call("ListStreamConsumers", { StreamARN: CLICKS }).Consumers[0];
    const policies = [CLICKS, ConsumerARN].map(
      (ResourceARN) => kinesis.call("GetResourcePolicy", { ResourceARN }).Policy,
    );
    const tagged = [ConsumerARN, CHANNEL].map(
      (ResourceARN) => kinesis.call("ListTagsForResource", { ResourceARN }).Tags,
    );
    expect([policies, tagged]).toEqual([['{"b":2}', '{"a":1}'], new Array(2).fill([{ Key: "team", Value: "web" }])]);
    expect(kinesis.call("DescribeStreamSummary").StreamDescriptionSummary).toMatchObject({
      ...{ EncryptionType: "KMS", KeyId: "alias/own" },
      EnhancedMonitoring: [{ ShardLevelMetrics: ["IncomingBytes"] }],
    });
    const { WarmThroughput } = kinesis.call("DescribeStreamSummary", { StreamName: "wide" }).StreamDescriptionSummary;
    expect(WarmThroughput.TargetMiBps).toBe(7);
    expect(before.records.map(({ encryptionType }) => encryptionType)).toEqual([undefined, "KMS"]);
    expect(kinesis.call("DescribeChannel", { ChannelARN: CHANNEL }).ChannelDescription).toMatchObject({
      ChannelStatus: "ACTIVE",
      S3DestinationConfiguration: { DataFreshnessInSeconds: 600 },
    });
    const status = kinesis.call("DescribeAccountSettings", {}).MinimumThroughputBillingCommitment;
    expect(status).toMatchObject({ Status: "ENABLED_UNTIL_EARLIEST_ALLOWED_END", StartedAt: NOW / 1000 });
  });

  it("opens as an earlier version left it, without all of these", () => {
    const folder = temporaryFolder();
    const kinesis = new KeptService(folder);
    kinesis.call("RegisterStreamConsumer", { StreamARN: CLICKS, ConsumerName: "app" });
    kinesis.close();
    const file = join(folder, "streams.json");
    const { channels, ...content } = JSON.parse(readFileSync(file, "utf8"));
    const streams = content.streams.map(({ features, ...stream }: { features: object }) => stream);
    writeFileSync(file, JSON.stringify({ ...content, streams }));

    kinesis.restart();

    expect([channels.length, content.streams[0].features.shardLevelMetrics.length]).toEqual([0, 0]);
    expect(kinesis.call("DescribeStreamSummary").StreamDescriptionSummary).toMatchObject({
      EncryptionType: "NONE",
      ConsumerCount: 1,
      EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
    });
  });
});
