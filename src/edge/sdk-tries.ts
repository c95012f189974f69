/**
 * How often the SDK's client sent a request, from the metadata of its answers and errors. Without `tries` if the client
 * sent it once, or if another kind of client gives no such metadata.
 */
export function triesOf(outcome: unknown): { readonly tries?: number } {
  const { $metadata } = (outcome ?? {}) as { readonly $metadata?: unknown };
  const { attempts, totalRetryDelay } = ($metadata ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof attempts === "number" && attempts > 1) return { tries: attempts };
  // A delay means at least two tries.
  return typeof totalRetryDelay === "number" && totalRetryDelay > 0 ? { tries: 2 } : {};
}
