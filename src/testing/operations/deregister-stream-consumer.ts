import { findNamedConsumer, type NamesConsumer } from "./consumer-input.js";
import type { Operation } from "./operation.js";

/** DeregisterStreamConsumer: the consumer is gone when the answer comes. */
export const deregisterStreamConsumer: Operation<NamesConsumer> = (input, { model }) => {
  const { stream, consumer } = findNamedConsumer(input, model);
  stream.consumers.remove(consumer);
  return undefined;
};
