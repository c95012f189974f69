/**
 * How often the SDK's client sent a request, by the metadata that it puts on its answers and on its errors; nothing where it
 * was once, or where a client of another kind says nothing of it.
 */
export function triesOf(outcome: unknown): { readonly tries?: number } {
  const { $metadata } = (outcome ?? {}) as { readonly $metadata?: unknown };
  const { attempts, totalRetryDelay } = ($metadata ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof attempts === "number" && attempts > 1) return { tries: attempts };
  // A delay came between two tries at least.
  return typeof totalRetryDelay === "number" && totalRetryDelay > 0 ? { tries: 2 } : {};
}
