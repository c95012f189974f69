/** The functions that take one invocation at a time, each with the end of its last one. */
const TURNS: WeakMap<object, Promise<void>> = new WeakMap();

/** Marks a function that takes one invocation at a time. */
export function markSerial<Handler extends object>(handler: Handler): Handler {
  TURNS.set(handler, Promise.resolve());
  return handler;
}

/**
 * Waits for the turn of an invocation; undefined for a function that takes any number at a time.
 *
 * @returns a promise of the function that ends the turn
 */
export function turnOf(handler: object): Promise<() => void> | undefined {
  const before = TURNS.get(handler);
  if (before === undefined) return undefined;
  let end = (): void => {};
  TURNS.set(
    handler,
    new Promise((resolve) => {
      end = resolve;
    }),
  );
  return before.then(() => end);
}
