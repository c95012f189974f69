import { readFileSync } from "node:fs";
import type { FaultsAnswer } from "../../testing/index.js";
import { parseFault } from "../../testing/index.js";
import { didYouMean } from "../../wording/nearest-name.js";
import { readEndpoint } from "../client-options.js";
import { type Command, CommandError, type Terminal } from "../command.js";
import { counted } from "../counted.js";
import type { OptionTable, OptionValues } from "../option-table.js";
import { UsageError } from "../usage-error.js";
import { callFaults, type FaultsCall } from "./faults-call.js";

const OPTIONS: OptionTable = {
  endpoint: { value: "URL", meaning: "the local Kinesis; http://127.0.0.1:4567 by default" },
  "tls-cert": { value: "FILE", meaning: "the certificate of a local Kinesis with TLS (PEM), as its --tls wrote it" },
  json: { meaning: "print the faults as a line of JSON" },
  quiet: { meaning: "print only problems" },
};

const DEFAULT_ENDPOINT = "http://127.0.0.1:4567";

const NOTES = `Lists and changes the faults of a Kinesis that kinesis-producer local, or LocalKinesis.start() in a test, has started:
  kinesis-producer faults
  kinesis-producer faults add "PutRecords throttle p=0.3"
  kinesis-producer faults set "PutRecords hang" "latency ms=50"
  kinesis-producer faults clear
The first lists them, with the calls or records that they struck. set puts its faults in place of all present ones.

A fault is one line of text, as for --fault of kinesis-producer local: docs/local-kinesis.md. If one of several cannot be
read, nothing is changed. Then the faults after the change are printed. While connections are refused (refuse-connections),
the faults cannot be reached either.

Status 0: it was done; 1: there is no local Kinesis at the endpoint; 2: wrong options.`;

/** `kinesis-producer faults`: the faults of a local Kinesis in another process. */
export const faultsCommand: Command = {
  name: "faults",
  summary: "list or change the faults of a running local Kinesis",
  options: OPTIONS,
  operand: { value: 'list|add|set|clear "FAULT"', meaning: "list by default; faults for add and set" },
  notes: NOTES,
  run: runFaults,
};

const METHODS = { list: "GET", add: "POST", set: "PUT", clear: "DELETE" } as const;

async function runFaults(values: OptionValues, terminal: Terminal): Promise<void> {
  if (values.has("json") && values.has("quiet")) throw new UsageError("--json and --quiet exclude each other");
  const call = readCall(values);
  const { faults } = await callFaults(call);
  if (values.has("json")) terminal.out(JSON.stringify({ endpoint: call.endpoint, faults }));
  else if (!values.has("quiet")) terminal.out(describeFaults(faults));
}

function readCall(values: OptionValues): FaultsCall {
  const [action = "list", ...faults] = values.operands;
  if (!isAction(action)) {
    const actions = Object.keys(METHODS);
    throw new UsageError(
      `no action ${JSON.stringify(action)}${didYouMean(action, actions) || `; known are ${actions.join(", ")}`}`,
    );
  }
  const takesFaults = action === "add" || action === "set";
  if (takesFaults && faults.length === 0)
    throw new UsageError(`${action} needs a fault: ${action} "PutRecords throttle"`);
  if (!takesFaults && faults.length > 0) {
    throw new UsageError(`${action} takes no fault, got ${JSON.stringify(faults[0])}; a fault is one text in quotes`);
  }
  for (const fault of faults) checkFault(fault);
  const ca = readCertificate(values);
  return {
    endpoint: readEndpoint(values) ?? DEFAULT_ENDPOINT,
    method: METHODS[action],
    ...(takesFaults ? { faults } : {}),
    ...(ca === undefined ? {} : { ca }),
  };
}

function isAction(text: string): text is keyof typeof METHODS {
  return Object.hasOwn(METHODS, text);
}

function checkFault(fault: string): void {
  try {
    parseFault(fault);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(error.message);
  }
}

function readCertificate(values: OptionValues): string | undefined {
  const file = values.text("tls-cert", { pattern: /./, allowed: "a file" });
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CommandError(`--tls-cert cannot be read: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}

/** The faults, one to a line. */
function describeFaults(faults: FaultsAnswer["faults"]): string {
  if (faults.length === 0) return "no faults";
  const width = Math.max(...faults.map(({ fault }) => fault.length)) + 2;
  return faults
    .map(
      ({ fault, hits, isSpent }) => `${fault.padEnd(width)}struck ${counted(hits, "time")}${isSpent ? ", spent" : ""}`,
    )
    .join("\n");
}
