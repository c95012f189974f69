/**
 * A producer behind a log on disk: nothing that was acknowledged is lost when the process dies, or while the service is
 * away.
 *
 * @packageDocumentation
 */

export type { Durability, OptionOfSpool, SpoolOptions } from "./spool-options.js";
export type { SpoolCloseReport, SpoolSource, SpoolStats } from "./spool-stats.js";
export { SpooledProducer } from "./spooled-producer.js";
