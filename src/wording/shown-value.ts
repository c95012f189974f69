const SHOWN_CHARACTERS = 60;

/**
 * A value as a message shows it. Long text is cut, and the contents of objects are not shown, because they may be
 * secret.
 */
export function show(value: unknown): string {
  if (typeof value === "string")
    return JSON.stringify(value.length > SHOWN_CHARACTERS ? `${value.slice(0, SHOWN_CHARACTERS)}…` : value);
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "an array" : "an object";
  if (typeof value === "function") return "a function";
  return String(value);
}
