/**
 * The library's own code has broken one of its rules. No action of a caller, the service or the network can cause this.
 * Counts would be wrong from here on, and a wrong count loses records silently, or blocks `close()` forever.
 */
export class InvariantError extends Error {
  /**
   * @param rule - the rule that must hold
   * @param found - the actual values, by name
   */
  constructor(rule: string, found: Readonly<Record<string, number>>) {
    const numbers = Object.entries(found).map(([name, value]) => `${name} ${value}`);
    super(
      `${rule}, but found ${numbers.join(", ")}. This is a bug of kinesis-producer: please report this message with its stack, the version, and what the producer was doing`,
    );
    this.name = "InvariantError";
  }
}
