import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { text } from "node:stream/consumers";
import { FAULTS_PATH, type FaultsAnswer } from "../../testing/index.js";
import { CommandError } from "../command.js";
import { UsageError } from "../usage-error.js";

/** A call of the faults of a local Kinesis. */
export interface FaultsCall {
  readonly endpoint: string;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly faults?: readonly string[];
  /** The certificate to trust. */
  readonly ca?: string;
}

/** How long an answer may take. The endpoint is on this machine. */
const TIMEOUT_MS = 5_000;

/**
 * Makes the call.
 *
 * @throws CommandError when there is no local Kinesis at the endpoint; UsageError for a fault that it does not know
 */
export async function callFaults(call: FaultsCall): Promise<FaultsAnswer> {
  const { statusCode, body } = await send(call).catch((error: unknown) => {
    throw new CommandError(`${call.endpoint} does not answer: ${reasonOf(error)}`, { cause: error });
  });
  const answer = parse(body);
  if (statusCode === 400 && typeof answer?.message === "string") throw new UsageError(answer.message);
  if (statusCode === 200 && Array.isArray(answer?.faults)) return answer as unknown as FaultsAnswer;
  throw new CommandError(
    `${call.endpoint} is not a local Kinesis of this version: it answered with HTTP ${statusCode}`,
  );
}

async function send({ endpoint, method, faults, ca }: FaultsCall): Promise<{ statusCode: number; body: string }> {
  const url = new URL(FAULTS_PATH, endpoint);
  const options = {
    method,
    // A connection that is kept alive may be closed by its server at the next call.
    agent: false,
    headers: { "content-type": "application/json" },
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(ca === undefined ? {} : { ca }),
  };
  const request = url.protocol === "https:" ? requestHttps(url, options) : requestHttp(url, options);
  const answered = new Promise<{ statusCode: number; body: string }>((resolve, reject) => {
    request.on("error", reject);
    request.on("response", (response) => {
      text(response).then((body) => resolve({ statusCode: response.statusCode ?? 0, body }), reject);
    });
  });
  request.end(faults === undefined ? undefined : JSON.stringify({ faults }));
  return await answered;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === "AbortError" || error.name === "TimeoutError"
    ? `nothing within ${TIMEOUT_MS} ms`
    : error.message;
}

function parse(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
