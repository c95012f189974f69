import { readNamedConsumer } from "./consumer-input.js";
import { InputFields } from "./input-fields.js";
import type { Operation } from "./operation.js";

/** DeregisterStreamConsumer: the consumer is gone when the answer comes. */
export const deregisterStreamConsumer: Operation = (input, { model }) => {
  const fields = new InputFields(input);
  const named = readNamedConsumer(fields);
  fields.done();
  const { stream, consumer } = named.findIn(model);
  stream.consumers.remove(consumer);
  return undefined;
};
