import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { describe, expect, test } from "vitest";

import { type NumberRow, OPTIONS } from "../../src/option-table.js";

const SOURCE = readFileSync(fileURLToPath(new URL("../../src/options.ts", import.meta.url)), "utf8");

/** Interfaces of option sections, and the option under which each is set. */
const SECTIONS: Readonly<Record<string, string>> = {
  ProducerOptions: "",
  TlsOptions: "tls.",
  AggregationOptions: "aggregation.",
  ShardLimitOptions: "shardLimits.",
};

/** The `@defaultValue` of every documented option, by the option's path. */
function documentedDefaults(): Record<string, unknown> {
  const defaults: [string, unknown][] = [];
  for (const [, name = "", body = ""] of SOURCE.matchAll(
    /^export interface (\w*Options)(?:<[^>]*>)? \{\n(.*?)^\}/gms,
  )) {
    const prefix = SECTIONS[name];
    if (prefix === undefined) continue;
    for (const [, comment = "", option = ""] of body.matchAll(/\/\*\*((?:(?!\*\/).)*)\*\/\s*readonly (\w+)/gs)) {
      const value = /@defaultValue (\S+)/.exec(comment)?.[1];
      if (value !== undefined) defaults.push([prefix + option, value === "Infinity" ? Infinity : JSON.parse(value)]);
    }
  }
  return Object.fromEntries(defaults);
}

describe("the default in an option's comment", () => {
  test("is the default, for every option, and every default is in a comment", () => {
    const defaults = Object.entries(OPTIONS).map(([path, row]) => [path, "default" in row ? row.default : undefined]);

    expect(documentedDefaults()).toEqual(Object.fromEntries(defaults.filter(([, value]) => value !== undefined)));
  });
});

describe("every numeric option", () => {
  const NUMBERS = Object.entries(OPTIONS).filter((entry): entry is [string, NumberRow] => entry[1].kind === "number");

  test.each(NUMBERS)("%s: its range is not empty, and its default within", (name, bound) => {
    const value = bound.default;

    expect(bound.min).toBeLessThan(bound.max);
    expect(bound.why).not.toBe("");
    if (value === undefined) expect(name).toBe("maxRecordBytes");
    else if (value === Number.POSITIVE_INFINITY) expect(bound.mayBeInfinite).toBe(true);
    else {
      expect(value).toBeGreaterThanOrEqual(bound.min);
      expect(value).toBeLessThanOrEqual(bound.max);
    }
  });
});
