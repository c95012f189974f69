/**
 * All modules that load a package of the SDK, in one: `loadSdk` loads it with one `import()`. No other file of the
 * producer imports them, apart from types, so that an import of the package does not load the SDK.
 */
export {
  DescribeStreamSummaryCommand,
  KinesisClient,
  ListShardsCommand,
  PutRecordsCommand,
} from "@aws-sdk/client-kinesis";
export { ExchangeHandler } from "./exchange-handler.js";
export { readPutRecordsAnswer } from "./put-records-answer.js";
export { drawModel } from "./request-model.js";
export { signedHeaders } from "./request-signature.js";
