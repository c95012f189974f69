import { expect, test } from "vitest";

import { decodeUtf8 } from "../../../../src/wire/decode/java-utf8.js";

function decoded(hexText: string): string {
  const bytes = Buffer.from(`ff${hexText}ff`, "hex");
  return decodeUtf8(bytes, 1, bytes.length - 1);
}

test.each(["", "a", "é", "東京", "𝒳😀", "\uFEFFbom", "nul\0", "\uFFFD", "\uD7FF\uE000"])(
  "good UTF-8 is decoded as it is: %j",
  (text) => {
    expect(decoded(Buffer.from(text).toString("hex"))).toBe(text);
  },
);

// The results of `new String(bytes, UTF_8)` in OpenJDK 17.
test.each([
  ["a stray byte", "61ff62", "a\uFFFDb"],
  ["a stray continuation", "80bf", "\uFFFD\uFFFD"],
  ["a character cut short by the end", "e282", "\uFFFD"],
  ["a character cut short by another", "f09d9261", "\uFFFDa"],
  ["over-long forms", "c080e08080", "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD"],
  ["beyond U+10FFFF", "f4908080", "\uFFFD\uFFFD\uFFFD\uFFFD"],
  ["an encoded surrogate", "eda080", "\uFFFD"],
  ["an encoded pair of surrogates", "eda0bdedb880", "\uFFFD\uFFFD"],
  ["the last encoded surrogate, among others", "61edbfbf62", "a\uFFFDb"],
  ["an encoded surrogate cut short by the end", "eda0", "\uFFFD"],
  ["an encoded surrogate cut short by ASCII", "eda061", "\uFFFDa"],
  ["an encoded surrogate cut short by another", "eda0eda080", "\uFFFD\uFFFD"],
  ["its first byte alone", "ed", "\uFFFD"],
  ["a continuation too many behind it", "eda08080", "\uFFFD\uFFFD"],
])("%s", (_, bytes, text) => {
  expect(decoded(bytes)).toBe(text);
});

test("the bytes are left as they are", () => {
  const bytes = Buffer.from("eda080", "hex");

  decodeUtf8(bytes, 0, 3);

  expect(bytes.toString("hex")).toBe("eda080");
});
