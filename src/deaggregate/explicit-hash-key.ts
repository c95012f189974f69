import { parseHashKey } from "../core/shards/hash-key.js";

/** How the KCL reads an explicit hash key in an aggregate. */
export type ReadHashKey = bigint | "unreadable" | "out-of-range";

/** Digits of 2^128 - 1. */
const MAX_DIGITS = 39;

/** The zeros of the decimal digits in the Basic Multilingual Plane (Unicode category Nd); the other nine follow each. */
const DIGIT_ZEROS: readonly number[] = [
  0x0030, 0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0de6,
  0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40,
  0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
];

/**
 * Reads an explicit hash key as the KCL does, with Java's `new BigInteger(text)`: at most one sign, then decimal digits
 * of any script of the Basic Multilingual Plane, one at least. Our encoder writes canonical decimals only; other
 * encoders may not.
 */
export function readExplicitHashKey(text: string): ReadHashKey {
  const canonical = parseHashKey(text);
  if (canonical !== undefined) return canonical;
  const first = text.charCodeAt(0);
  const negative = first === 0x2d;
  let digits = "";
  let at = negative || first === 0x2b ? 1 : 0;
  if (at === text.length) return "unreadable";
  for (; at < text.length; at++) {
    const digit = decimalDigit(text.charCodeAt(at));
    if (digit === -1) return "unreadable";
    // Digits beyond the longest number in range are checked, but not kept: linear time for a megabyte of digits.
    if ((digit !== 0 || digits !== "") && digits.length <= MAX_DIGITS) digits += digit;
  }
  if (digits === "") return 0n;
  return negative ? "out-of-range" : (parseHashKey(digits) ?? "out-of-range");
}

/**
 * 0 to 9, or -1 when the UTF-16 code unit is not a decimal digit. Half of a surrogate pair is never a digit to Java.
 */
function decimalDigit(code: number): number {
  for (const zero of DIGIT_ZEROS) {
    if (code < zero) return -1;
    if (code <= zero + 9) return code - zero;
  }
  return -1;
}
