import type { FirehoseTransformationHandler } from "aws-lambda";
import { firehoseTransform } from "../../src/lambda/index.js";
import type { DeliveryStreamOptions, DeliveryTransform } from "../../src/testing/index.js";

declare const common: Pick<DeliveryStreamOptions, "deliveryStreamName" | "source" | "destination">;
declare const ofLambda: FirehoseTransformationHandler;

// The handlers that people deploy fit as they are.
const transforms: readonly DeliveryTransform[] = [
  { handler: ofLambda },
  { handler: firehoseTransform(({ data }) => data) },
  { handler: ({ records }) => ({ records: records.map(({ recordId, data }) => ({ recordId, result: "Ok", data })) }) },
];
export const all: readonly DeliveryStreamOptions[] = transforms.map((transform) => ({ ...common, transform }));

// @ts-expect-error -- a transform is not a handler of single records
export const single: DeliveryTransform = { handler: (record: Uint8Array) => record };

// @ts-expect-error -- formats without an encoder in Node.js are not there
export const zipped: DeliveryStreamOptions = { ...common, compressionFormat: "ZIP" };
