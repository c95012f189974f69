import { describe, expect, it } from "vitest";
import { lambdaEvent } from "../../../../src/testing/lambda-trigger/lambda-event.js";
import { ManualClock } from "../../../../src/testing/manual-clock.js";
import { SimulatedKinesis } from "../../../../src/testing/simulated-kinesis.js";
import { DOCUMENTED_EVENT } from "../../../support/documented-event.js";

describe("lambdaEvent", () => {
  it("makes the documented event, to the byte", () => {
    const shardId = "shardId-000000000006";
    const event = lambdaEvent(
      [
        {
          partitionKey: "1",
          data: "Hello, this is a test.",
          sequenceNumber: "49590338271490256608559692538361571095921575989136588898",
          shardId,
          arrivedAt: 1545084650987,
        },
        {
          partitionKey: "1",
          data: Buffer.from("This is only a test."),
          sequenceNumber: "49590338271490256608559692540925702759324208523137515618",
          shardId,
          arrivedAt: 1545084711166,
        },
      ],
      { region: "us-east-2", accountId: "123456789012", streamName: "lambda-stream" },
    );

    expect(JSON.stringify(event)).toBe(JSON.stringify(DOCUMENTED_EVENT));
  });

  it("takes the records of a stand-in", async () => {
    const kinesis = new SimulatedKinesis({ clock: new ManualClock(), streams: { clicks: { shards: 1 } } });
    await kinesis.putRecords({
      stream: { streamName: "clicks" },
      entries: [{ partitionKey: "a", data: Buffer.from("x") }],
    });

    const { Records } = lambdaEvent(kinesis.records("clicks"), { streamName: "clicks" });

    expect(Records).toMatchObject([
      {
        kinesis: { partitionKey: "a", data: "eA==", approximateArrivalTimestamp: Date.UTC(2026, 0, 1) / 1_000 },
        eventSourceARN: "arn:aws:kinesis:us-east-1:000000000000:stream/clicks",
      },
    ]);
  });

  it("makes up what is not given: rising sequence numbers, the first shard, the present time", () => {
    const before = Date.now();
    const { Records } = lambdaEvent([{ data: "x" }, { data: "y" }]);

    const [first, second] = Records.map(({ kinesis }) => BigInt(kinesis.sequenceNumber));
    expect((second as bigint) > (first as bigint)).toBe(true);
    expect(Records[0]?.eventID).toBe(`shardId-000000000000:${first}`);
    expect(Records[0]?.kinesis).not.toHaveProperty("partitionKey");
    expect((Records[0]?.kinesis.approximateArrivalTimestamp ?? 0) * 1_000).toBeGreaterThanOrEqual(before);
  });
});
