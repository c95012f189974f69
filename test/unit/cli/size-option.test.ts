import { expect, it } from "vitest";
import { type OptionTable, readOptions } from "../../../src/cli/option-table.js";
import { readSize } from "../../../src/cli/size-option.js";

const TABLE: OptionTable = { size: { value: "SIZE", meaning: "" } };

function size(text: string): number | undefined {
  return readSize(readOptions(["--size", text], TABLE), "size", 10_485_504);
}

it("reads bytes, and KB and MB of the price list", () => {
  expect(["0", "300", "300b", "3kb", "3KB", "1.5kb", "1mb", "10485504"].map(size)).toEqual([
    ...[0, 300, 300, 3_072, 3_072, 1_536, 1_048_576, 10_485_504],
  ]);
  expect(readSize(readOptions([], TABLE), "size", 1)).toBeUndefined();
});

it.each(["", "kb", "3k", "3 kb", "-1", "1.0001kb", "0.5", "10485505", "10mb", "1e3", "3kib"])("refuses %j", (text) => {
  expect(() => readSize(readOptions([`--size=${text}`], TABLE), "size", 10_485_504)).toThrow(
    `--size must be whole bytes like 300, 3kb (1 KB is 1,024 bytes) or 1mb, up to 10,485,504 bytes, got ${JSON.stringify(text)}`,
  );
});
