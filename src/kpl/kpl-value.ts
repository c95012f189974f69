import { show } from "../wording/shown-value.js";

/** The value of a key: a whole number, true or false, or a text. */
export type KplValue = number | boolean | string;

/** The kind of value that a key of the KPL takes, and its limits. */
export type ValueRule =
  | { readonly kind: "number"; readonly min: number; readonly max: bigint }
  | { readonly kind: "flag" }
  | { readonly kind: "choice"; readonly choices: readonly string[] }
  | { readonly kind: "text"; readonly wanted: string; readonly pattern: RegExp }
  /** An object of Java, which a file cannot have. */
  | { readonly kind: "object" };

/** Most that a Java `long` holds. */
export const MAX_LONG: bigint = 2n ** 63n - 1n;

/** The value that a text stands for, or the problem with it. A number above 2^53 is rounded. */
export function readValue(
  key: string,
  rule: ValueRule,
  text: string,
): { readonly value: KplValue } | { readonly problem: string } {
  const value = parsed(rule, text);
  if (value !== undefined) return { value };
  // No pattern that ends with $: it would try each blank of a long text.
  const trimmed = text.trimEnd();
  const hasSemicolon = trimmed.endsWith(";") && parsed(rule, trimmed.slice(0, -1).trimEnd()) !== undefined;
  const hint = hasSemicolon ? "; remove the semicolon" : trimmed === text ? "" : "; remove the blanks at the end";
  // A host may be there as a URL with an account.
  const got = text.includes("@") ? "another text (not shown: it may have a password)" : show(text);
  return { problem: `${key} must be ${wantedBy(rule)}, got ${got}${hint}` };
}

function parsed(rule: ValueRule, text: string): KplValue | undefined {
  switch (rule.kind) {
    case "number": {
      const number = /^[+-]?\d+$/.test(text) ? BigInt(text.replace(/^\+/, "")) : undefined;
      return number === undefined || number < rule.min || number > rule.max ? undefined : Number(number);
    }
    case "flag":
      // Java takes every other text for false, which hides a mistake.
      return /^true$/i.test(text) ? true : /^false$/i.test(text) ? false : undefined;
    case "choice":
      return rule.choices.includes(text) ? text : undefined;
    case "text":
      return rule.pattern.test(text) ? text : undefined;
    case "object":
      return text;
  }
}

function wantedBy(rule: ValueRule): string {
  switch (rule.kind) {
    case "number":
      return `a whole number from ${rule.min} to ${rule.max}`;
    case "flag":
      return "true or false";
    case "choice":
      return rule.choices.join(" or ");
    case "text":
      return rule.wanted;
    case "object":
      return "absent";
  }
}
