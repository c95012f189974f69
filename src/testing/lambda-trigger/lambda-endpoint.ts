import { oneLine } from "../../wording/amounts.js";
import type { LambdaHandler } from "./lambda-function.js";
import { markSerial } from "./serial-handlers.js";

/**
 * A function that runs elsewhere, for the `handler` of a `LambdaTrigger`: it posts each event to a URL of Lambda's
 * Invoke API. AWS's runtime-interface emulator, which every base image of Lambda has, answers at
 * `http://127.0.0.1:9000/2015-03-31/functions/function/invocations`, so the function may be written in any language.
 *
 * The emulator ends when two invocations come at once, so this one waits for the end of the last one, over all lanes and
 * shards. Set the function's own time limit too: `AWS_LAMBDA_FUNCTION_TIMEOUT`, seconds.
 *
 * @throws TypeError for text that is no URL
 *
 * @example
 * ```ts
 * const handler = lambdaEndpoint("http://127.0.0.1:9000/2015-03-31/functions/function/invocations");
 * ```
 */
export function lambdaEndpoint(url: string | URL): LambdaHandler {
  const target = new URL(url);
  return markSerial(async (event) => {
    const headers = { "content-type": "application/json" };
    const response = await fetch(target, { method: "POST", headers, body: JSON.stringify(event) });
    const text = await response.text();
    const answer = parsed(text);
    const { errorType = "Error", errorMessage } = (answer ?? {}) as Record<string, unknown>;
    if (!response.ok || response.headers.has("x-amz-function-error") || errorMessage !== undefined) {
      throw new Error(
        errorMessage === undefined ? `HTTP ${response.status}: ${text}` : `${errorType}: ${errorMessage}`,
      );
    }
    return answer;
  });
}

/** The answer of a function. The emulator answers a time-out with plain text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text === "" ? "null" : text);
  } catch {
    throw new Error(`the function did not answer with JSON: ${oneLine(text)}`);
  }
}
