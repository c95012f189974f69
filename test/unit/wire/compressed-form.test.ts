import { expect, test } from "vitest";
import { isCodecName, readCompressedForm, writeCompressedForm } from "../../../src/wire/compressed-form.js";

test("the form is read as it was written", () => {
  const form = { codec: "zstd", records: 482, bytes: 307_200 };

  expect(writeCompressedForm(form)).toBe("zstd 482 307200");
  expect(readCompressedForm("zstd 482 307200")).toEqual(form);
});

test.each([
  "",
  "zstd",
  "zstd 1",
  "zstd 1 2 3",
  "zstd -1 5",
  "zstd 01 5",
  "Zstd 1 5",
  "zstd 1 5 ",
  "zstd 1 12345678901",
  "-z 1 5",
])("%j is not a form", (value) => {
  expect(readCompressedForm(value)).toBeUndefined();
});

test.each([
  ["gzip", true],
  ["my-codec-2", true],
  ["abcdefghijklmnop", true],
  ["abcdefghijklmnopq", false],
  ["", false],
  ["a b", false],
  ["-a", false],
])("the name %j of a codec: %s", (name, isName) => {
  expect(isCodecName(name)).toBe(isName);
});
