/**
 * The bill of a stream: prices and arithmetic, for the commands and for the examples of the repository.
 *
 * @module
 */
export { type Bill, billOf } from "./bill.js";
export { HOURS_PER_MONTH, PRICES } from "./prices.js";
export { evenTraffic, type Traffic, TrafficMeter } from "./traffic.js";
