import { consumerOutput } from "./consumer-input.js";
import { InputFields, NAME_RULE } from "./input-fields.js";
import { readNamedStream } from "./named-stream.js";
import type { Operation } from "./operation.js";

/** RegisterStreamConsumer: the consumer is ACTIVE after `registerMs`. */
export const registerStreamConsumer: Operation = (input, { model, now }) => {
  const fields = new InputFields(input);
  const named = readNamedStream(fields);
  const name = fields.requiredText("ConsumerName", NAME_RULE);
  fields.done();
  const { consumers } = model.usable(named.findIn(model));
  return { Consumer: consumerOutput(consumers.register(name, now, model.timing.registerMs), now) };
};
