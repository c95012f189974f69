import type { OptionTable, OptionValues } from "./option-table.js";

/** The options of every command that calls the service. */
export const CLIENT_OPTIONS: OptionTable = {
  region: { value: "REGION", meaning: "default: AWS_REGION, AWS_DEFAULT_REGION, or the region of the profile" },
  endpoint: { value: "URL", meaning: "a local Kinesis or a VPC endpoint; default: the public endpoint of the region" },
};

/** Where clients look for a region. */
export interface RegionVariables {
  readonly AWS_REGION?: string | undefined;
  readonly AWS_DEFAULT_REGION?: string | undefined;
}

/**
 * The region to pass to the client; undefined when the client finds one itself.
 *
 * @param environment - of the process
 * @throws UsageError when the value does not look like a region
 */
export function readRegion(values: OptionValues, environment: RegionVariables): string | undefined {
  return (
    values.text("region", { pattern: /^[a-z0-9-]+$/, allowed: "a region like us-east-1" }) ??
    // The SDK for JavaScript reads only AWS_REGION. The aws CLI reads AWS_DEFAULT_REGION, and its users expect that
    // here too.
    (environment.AWS_REGION ? undefined : environment.AWS_DEFAULT_REGION || undefined)
  );
}

/** @throws UsageError when the value is not a URL */
export function readEndpoint(values: OptionValues): string | undefined {
  return values.text("endpoint", { pattern: /^https?:\/\/[^/]/, allowed: "a URL like http://127.0.0.1:4567" });
}

/** @throws UsageError when it is no way of packing */
export function readAggregation(values: OptionValues): boolean | "reshard-safe" | undefined {
  return values.choice("aggregation", { on: true, off: false, "reshard-safe": "reshard-safe" } as const);
}
