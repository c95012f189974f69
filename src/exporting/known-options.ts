import { checkOptionsObject, InvalidOptionError } from "../base-errors.js";
import { didYouMean } from "../wording/nearest-name.js";
import { show } from "../wording/shown-value.js";

/**
 * Refuses options that do not exist: a misspelt one would have no effect.
 *
 * @param whose - the function or class, for the message
 * @throws InvalidOptionError for the first unknown one, and for a value that is not an object
 */
export function refuseUnknownOptions(options: object, whose: string, known: readonly string[]): void {
  checkOptionsObject(options, whose);
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const hint = didYouMean(name, known) || `; known are ${known.join(", ")}`;
    throw new InvalidOptionError(name, `${whose} has no option ${show(name)}${hint}`);
  }
}
