import { FRAMING_ROWS } from "./framing-rows.js";
import { MESSAGE_ROWS } from "./message-rows.js";
import { SHARD_RANGE_ROWS } from "./shard-range-rows.js";
import type { SpecificationRow } from "./specification-row.js";
import { TABLE_ROWS } from "./table-rows.js";

/**
 * The answer of the KCL for every class of Kinesis record, by example: the specification of the deaggregator. `npm run
 * test:interop` compares it with the KCL itself.
 */
export const SPECIFICATION: readonly SpecificationRow[] = [
  ...FRAMING_ROWS,
  ...MESSAGE_ROWS,
  ...TABLE_ROWS,
  ...SHARD_RANGE_ROWS,
];
