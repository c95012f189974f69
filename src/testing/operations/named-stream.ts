import type { KinesisModel } from "../kinesis-model/kinesis-model.js";
import { invalidArgument } from "../kinesis-model/service-error.js";
import type { StreamModel } from "../kinesis-model/stream-model.js";
import { type InputFields, NAME_RULE } from "./input-fields.js";

/** The stream an input names, by `StreamName`, `StreamARN` or both. */
export interface NamedStream {
  readonly isNamed: boolean;
  /** @throws ServiceError when it names no stream, two different streams, or an unknown one */
  findIn(model: KinesisModel): StreamModel;
}

/** Reads `StreamName` and `StreamARN`. Look the stream up after every field was checked. */
export function readNamedStream(fields: InputFields): NamedStream {
  const name = fields.text("StreamName", NAME_RULE);
  const arn = fields.text("StreamARN", { min: 1, max: 2048, pattern: /^arn:aws.*:kinesis:.*:\d{12}:stream\/\S+$/ });
  return {
    isNamed: name !== undefined || arn !== undefined,
    findIn: (model) => {
      if (arn === undefined) {
        if (name === undefined) throw invalidArgument("Either StreamName or StreamARN must be provided.");
        return model.stream(name);
      }
      const stream = model.streamByArn(arn);
      if (name === undefined || name === stream.identity.name) return stream;
      throw invalidArgument("StreamARN does not name the stream of StreamName.");
    },
  };
}
