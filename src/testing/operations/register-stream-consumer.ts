import { consumerOutput } from "./consumer-input.js";
import { findStream } from "./named-stream.js";
import type { Operation } from "./operation.js";
import { checkTags, resourceText } from "./tag-rules.js";

interface Input {
  readonly StreamARN: string;
  readonly ConsumerName: string;
  readonly Tags?: ReadonlyMap<string, string>;
}

/** RegisterStreamConsumer: the consumer is ACTIVE after `registerMs`. */
export const registerStreamConsumer: Operation<Input> = (input, { model, now }) => {
  const { ConsumerName: name, Tags: tags = new Map() } = input;
  const { consumers } = model.usable(findStream(input, model));
  checkTags(tags, resourceText("consumer", name, model.options.accountId), new Map());
  const consumer = consumers.register(name, now, model.timing.registerMs);
  consumer.labels.addTags(tags);
  return { Consumer: consumerOutput(consumer, now) };
};
