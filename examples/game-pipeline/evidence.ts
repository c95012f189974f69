import type { LocalKinesis } from "kinesis-producer/testing";
import type { FilesRead } from "./account.js";
import type { Bucket } from "./bucket.js";
import { type DeliveredEvent, eventOf } from "./game-event.js";

/** Keys of error files begin with this. */
export const ERRORS = "errors/";

/** Copies of each event in a stream, as the local Kinesis itself knows them. */
export function copiesIn(kinesis: LocalKinesis, stream: string): Map<string, number> {
  const { fates } = kinesis.oracle.report(stream, ({ data }) => eventOf(data).id);
  return new Map([...fates].map(([id, { copies }]) => [id, copies.length]));
}

/** Reads all files of the bucket: a line is an event, or the document of an event that failed. */
export async function readFiles(bucket: Bucket): Promise<FilesRead> {
  const events = new Map<string, DeliveredEvent[]>();
  const errors = new Map<string, string>();
  let [files, errorFiles] = [0, 0];
  for await (const { key, text } of bucket.files()) {
    const isError = key.startsWith(ERRORS);
    if (isError) errorFiles++;
    else files++;
    for (const line of text.split("\n")) {
      if (line === "") continue;
      if (isError) {
        const { rawData, errorCode } = JSON.parse(line) as { readonly rawData: string; readonly errorCode: string };
        errors.set(eventOf(Buffer.from(rawData, "base64")).id, errorCode);
        continue;
      }
      const event = JSON.parse(line) as DeliveredEvent;
      const copies = events.get(event.id);
      if (copies === undefined) events.set(event.id, [event]);
      else copies.push(event);
    }
  }
  return { files, errorFiles, events, errors };
}
