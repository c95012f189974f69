import type { LambdaHandler } from "./lambda-function.js";

/**
 * A function that runs elsewhere, for the `handler` of a `LambdaTrigger`: it posts each event to a URL of Lambda's
 * Invoke API. AWS's runtime-interface emulator, which every base image of Lambda has, answers at
 * `http://127.0.0.1:9000/2015-03-31/functions/function/invocations`, so the function may be written in any language.
 *
 * @throws TypeError for text that is no URL
 */
export function lambdaEndpoint(url: string | URL): LambdaHandler {
  const target = new URL(url);
  return async (event, context) => {
    const response = await fetch(target, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(event),
      signal: AbortSignal.timeout(context.getRemainingTimeInMillis() + 1_000),
    });
    const text = await response.text();
    const answer = parsed(text);
    const { errorType = "Error", errorMessage } = (answer ?? {}) as Record<string, unknown>;
    if (!response.ok || response.headers.has("x-amz-function-error") || errorMessage !== undefined) {
      throw new Error(
        errorMessage === undefined ? `HTTP ${response.status}: ${text}` : `${errorType}: ${errorMessage}`,
      );
    }
    return answer;
  };
}

/** The answer of a function. The emulator answers a time-out with plain text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text === "" ? "null" : text);
  } catch {
    throw new Error(`the function did not answer with JSON: ${text.slice(0, 200)}`);
  }
}
