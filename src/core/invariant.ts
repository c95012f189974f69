/**
 * A rule of this library that its own code has broken. Nothing that a caller, the service or the network does leads to it: what is
 * counted from here on would be wrong, and a wrong count loses records silently, or holds `close()` for ever.
 */
export class InvariantError extends Error {
  /**
   * @param rule - as it should be
   * @param found - what is, by name
   */
  constructor(rule: string, found: Readonly<Record<string, number>>) {
    const numbers = Object.entries(found).map(([name, value]) => `${name} ${value}`);
    super(
      `${rule}, but found ${numbers.join(", ")}. This is a bug of kinesis-producer: please report this message with its stack, the version, and what the producer was doing`,
    );
    this.name = "InvariantError";
  }
}
