import { deaggregate } from "../../src/deaggregate/index.js";
import type { ScriptedTransport } from "../../src/testing/scripted-transport.js";

/** The tags of every user record that was sent, in order; undefined for a record without tags. */
export function readStoredTags({ requests }: Pick<ScriptedTransport, "requests">): unknown[] {
  return requests.flatMap(({ entries }) =>
    entries.flatMap(({ data, partitionKey = "" }) =>
      Array.from(deaggregate({ data, partitionKey }), ({ tags }) => tags),
    ),
  );
}
