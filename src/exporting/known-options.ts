import { InvalidOptionError } from "../base-errors.js";
import { didYouMean } from "../wording/nearest-name.js";
import { show } from "../wording/shown-value.js";

/**
 * Refuses options that do not exist: a misspelt one would have no effect.
 *
 * @param whose - the function or class, for the message
 * @throws InvalidOptionError for the first unknown one, and for a value that is not an object
 */
export function refuseUnknownOptions(options: object, whose: string, known: readonly string[]): void {
  if (typeof options !== "object" || options === null)
    throw new InvalidOptionError("options", `the options of ${whose} must be an object, got ${show(options)}`);
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const hint = didYouMean(name, known) || `; known are ${known.join(", ")}`;
    throw new InvalidOptionError(name, `${whose} has no option ${show(name)}${hint}`);
  }
}
