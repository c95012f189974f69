import type { FaultScript } from "../faults/fault-script.js";
import { parseFault } from "../faults/parse-fault.js";
import type { LocalAnswer } from "./local-answer.js";
import type { LocalRequest } from "./local-server.js";

/**
 * The path at which another process reads and changes the faults of a `LocalKinesis`. Its calls have no faults, no
 * limits, and are not counted.
 *
 * - `GET`: the present faults
 * - `PUT` with `{ "faults": ["…"] }`: puts these in the place of all
 * - `POST` with `{ "faults": ["…"] }`: adds these
 * - `DELETE`: removes all
 *
 * The answer is a {@link FaultsAnswer}; HTTP 400 with `{ "message": "…" }` for a fault that cannot be read, and then
 * nothing is changed.
 */
export const FAULTS_PATH = "/kinesis-producer/faults";

/** The faults after the call. */
export interface FaultsAnswer {
  readonly faults: readonly {
    /** As text. */
    readonly fault: string;
    /** Calls or records that it has struck. */
    readonly hits: number;
    /** Whether it has struck as often as it may. */
    readonly isSpent: boolean;
  }[];
}

const JSON_TYPE = "application/json";

/** The answer to a call of the path of faults; undefined for any other path. */
export function answerFaults(
  faults: FaultScript,
  { path, method, headers, body }: LocalRequest,
): LocalAnswer | undefined {
  if (path !== FAULTS_PATH) return undefined;
  if (method === "DELETE") faults.clear();
  else if (method === "PUT" || method === "POST") {
    // A browser asks before it sends this type from another site, and gets no permission.
    if (!String(headers["content-type"]).startsWith(JSON_TYPE)) return answer(415, { message: `send ${JSON_TYPE}` });
    try {
      const lines = readLines(body);
      if (method === "PUT") faults.replace(lines);
      else addAll(lines, faults);
    } catch (error) {
      return answer(400, { message: error instanceof Error ? error.message : String(error) });
    }
  } else if (method !== "GET") return answer(405, { message: "the methods are GET, PUT, POST and DELETE" });
  const present: FaultsAnswer = {
    faults: faults.list().map(({ text, hits, isSpent }) => ({ fault: text, hits, isSpent })),
  };
  return answer(200, present);
}

/** Adds all of the faults, or none. */
function addAll(lines: readonly string[], faults: FaultScript): void {
  for (const line of lines) parseFault(line);
  for (const line of lines) faults.add(line);
}

function readLines(body: Uint8Array): readonly string[] {
  const value: unknown = JSON.parse(Buffer.from(body).toString());
  const { faults } = (value ?? {}) as { readonly faults?: unknown };
  if (Array.isArray(faults) && faults.every((line) => typeof line === "string")) return faults;
  throw new RangeError('the body must be { "faults": ["…"] }, each fault a text');
}

function answer(statusCode: number, body: object): LocalAnswer {
  return { statusCode, headers: { "content-type": JSON_TYPE }, body };
}
