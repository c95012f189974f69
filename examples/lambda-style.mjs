/**
 * A function that is frozen between its calls. The producer is created once and lives as long as the process. Each call
 * flushes its records, and the producer is never closed.
 */
import { KinesisProducer } from "kinesis-producer";
import { LocalKinesis } from "kinesis-producer/testing";

const kinesis = await LocalKinesis.start({ streams: { clicks: { shards: 2 } } }); // on AWS: only the region
const producer = new KinesisProducer({ streamName: "clicks", ...kinesis.clientConfig() });

/** @param {{ user: string, page: string }[]} clicks */
async function handler(clicks) {
  const puts = Promise.allSettled(
    clicks.map((click) => producer.put({ partitionKey: click.user, data: JSON.stringify(click) })),
  );
  // Sends at once, without waiting for the linger. Resolves when all records are settled, so nothing is in flight
  // during the freeze.
  await producer.flush();
  const failed = (await puts).filter(({ status }) => status === "rejected").length;
  return { delivered: clicks.length - failed, failed };
}

for (const user of ["ann", "bob"]) {
  console.log(
    user,
    await handler([
      { user, page: "/" },
      { user, page: "/flights" },
    ]),
  );
}
await kinesis.close(); // stops the stand-in for AWS, so that the process can end
