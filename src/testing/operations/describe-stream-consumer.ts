import { consumerOutput, findNamedConsumer, type NamesConsumer } from "./consumer-input.js";
import type { Operation } from "./operation.js";

/** DescribeStreamConsumer. */
export const describeStreamConsumer: Operation<NamesConsumer> = (input, { model, now }) => {
  const { stream, consumer } = findNamedConsumer(input, model);
  return { ConsumerDescription: { ...consumerOutput(consumer, now), StreamARN: stream.identity.arn } };
};
