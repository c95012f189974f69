import { KinesisProducer } from "kinesis-producer";
import { deaggregateAll } from "kinesis-producer/deaggregate";
import { LocalKinesis } from "kinesis-producer/testing";

const kinesis = await LocalKinesis.start({ streams: { clicks: { shards: 2 } } }); // on AWS: only { region: "eu-west-1" }
const producer = new KinesisProducer({ streamName: "clicks", ...kinesis.clientConfig() });
try {
  const users = ["ann", "bob", "cat", "ann"];
  await Promise.all(users.map((user, n) => producer.put({ partitionKey: user, data: `click ${n} of ${user}` })));
  const stored = kinesis.records("clicks");
  console.log(`${users.length} records put, ${stored.length} Kinesis records stored`);
  console.log(`${[...deaggregateAll(stored)].length} records read back`);
} finally {
  await producer.close();
  await kinesis.close();
}
