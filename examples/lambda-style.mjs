/**
 * A function that is frozen between its calls: the producer is made once and lives as long as the process; each call
 * flushes what it has put, and nothing is closed.
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
  // Due at once, without the linger; resolves when all of them are settled, so that nothing is on its way in the freeze.
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
await kinesis.close(); // the stand-in for AWS; the process then ends by itself
