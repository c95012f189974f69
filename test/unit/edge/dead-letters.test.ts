import { expect, it } from "vitest";
import { inputLine, MAX_LINE_BYTES, parseDeadLetter, parseInputLine } from "../../../src/edge/dead-letters.js";

it("a line holds input up to 47 MiB beside any reason, and of more only the reason", () => {
  const max = 47 * 1024 * 1024;
  const reason = "\u0001".repeat(5_000);

  const longest = inputLine(new Uint8Array(max), reason, 0);
  const tooLong = inputLine(new Uint8Array(max + 1), "too large", 0);

  expect(longest.length).toBeLessThanOrEqual(MAX_LINE_BYTES);
  expect(longest.subarray(-15).toString()).toBe('=","data":null}\n'.slice(-15));
  expect(parseInputLine(tooLong)).toEqual({ input: undefined, reason: "too large" });
});

it("a line with input is no letter, and a letter has no input", () => {
  const line = inputLine(Buffer.from("nonsense"), "line 1 is not JSON", 0);

  expect(parseDeadLetter(line)).toBeUndefined();
  expect(parseInputLine(line)).toEqual({
    input: Uint8Array.from(Buffer.from("nonsense")),
    reason: "line 1 is not JSON",
  });
  for (const other of ['{"v":2,"isInput":true}', '{"v":1,"data":""}', "{", "null"]) {
    expect(parseInputLine(Buffer.from(other))).toBeUndefined();
  }
});
