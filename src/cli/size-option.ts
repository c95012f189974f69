import { type OptionValues, wrongValue } from "./option-table.js";

/** As in the price list of AWS: a KB has 1,024 bytes. */
const BYTES_OF_UNIT: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1_024,
  mb: 1_048_576,
  gb: 1_073_741_824,
};

/**
 * Reads a size: `300`, `300b`, `3kb`, `1.5mb`, `2gb`, in bytes.
 *
 * @returns whole bytes; undefined without the option
 * @throws UsageError for any other text, or more than `maxBytes`
 */
export function readSize(values: OptionValues, name: string, maxBytes: number): number | undefined {
  const text = values.text(name);
  if (text === undefined) return undefined;
  const [, number = "", unit = "b"] = /^(\d{1,9}(?:\.\d{1,9})?)(b|kb|mb|gb)?$/.exec(text.toLowerCase()) ?? [];
  const bytes = number === "" ? Number.NaN : Number(number) * (BYTES_OF_UNIT[unit] as number);
  if (Number.isInteger(bytes) && bytes <= maxBytes) return bytes;
  const most = maxBytes.toLocaleString("en");
  throw wrongValue(name, `whole bytes like 300, 3kb (1 KB is 1,024 bytes) or 1mb, up to ${most} bytes`, text);
}
