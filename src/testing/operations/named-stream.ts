import type { KinesisModel } from "../kinesis-model/kinesis-model.js";
import { invalidArgument } from "../kinesis-model/service-error.js";
import type { StreamModel } from "../kinesis-model/stream-model.js";

/** The members of an input that name a stream: one of them, or both. */
export interface NamesStream {
  readonly StreamName?: string;
  readonly StreamARN?: string;
}

/** @throws ServiceError when the input names no stream, two different streams, or an unknown one */
export function findStream({ StreamName: name, StreamARN: arn }: NamesStream, model: KinesisModel): StreamModel {
  if (arn === undefined) {
    if (name === undefined) throw invalidArgument("Either StreamName or StreamARN must be provided.");
    return model.stream(name);
  }
  const stream = model.streamByArn(arn);
  if (name === undefined || name === stream.identity.name) return stream;
  throw invalidArgument("StreamARN does not name the stream of StreamName.");
}
