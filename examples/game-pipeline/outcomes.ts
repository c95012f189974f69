import type { PutResult } from "kinesis-producer";

/**
 * The reason why a record was sent more than once, and a reader may see it twice: the codes of the attempts before the last
 * one. Undefined when it was sent once.
 */
export function reasonOfCopies({ attempts, mayBeDuplicate }: PutResult): string | undefined {
  if (!mayBeDuplicate && attempts.length < 2) return undefined;
  const codes = new Set(attempts.slice(0, -1).map(({ errorCode = "no code" }) => errorCode));
  return codes.size === 0 ? "no earlier attempt" : [...codes].sort().join(", ");
}
