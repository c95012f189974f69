import { FRAMING_ROWS } from "./framing-rows.js";
import { MESSAGE_ROWS } from "./message-rows.js";
import { SHARD_RANGE_ROWS } from "./shard-range-rows.js";
import type { SpecificationRow } from "./specification-row.js";
import { TABLE_ROWS } from "./table-rows.js";

/**
 * What the KCL makes of every class of Kinesis record, by example: the deaggregator's specification. That these are the
 * answers of the KCL itself is seen by `npm run test:interop`.
 */
export const SPECIFICATION: readonly SpecificationRow[] = [
  ...FRAMING_ROWS,
  ...MESSAGE_ROWS,
  ...TABLE_ROWS,
  ...SHARD_RANGE_ROWS,
];
