import { show } from "../wording/shown-value.js";

/**
 * Refuses options that are not an object. The errors of this entry point are those of Node.js.
 *
 * @param whose - the function or class, for the message
 */
export function checkOptionsObject(options: unknown, whose: string): void {
  if (typeof options === "object" && options !== null && !Array.isArray(options)) return;
  throw new RangeError(`the options of ${whose} must be an object, got ${show(options)}`);
}
