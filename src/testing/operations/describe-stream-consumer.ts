import { consumerOutput, readNamedConsumer } from "./consumer-input.js";
import { InputFields } from "./input-fields.js";
import type { Operation } from "./operation.js";

/** DescribeStreamConsumer. */
export const describeStreamConsumer: Operation = (input, { model, now }) => {
  const fields = new InputFields(input);
  const named = readNamedConsumer(fields);
  fields.done();
  const { stream, consumer } = named.findIn(model);
  return { ConsumerDescription: { ...consumerOutput(consumer, now), StreamARN: stream.identity.arn } };
};
