import { expect, it } from "vitest";
import { hintFor } from "../../../src/cli/hint.js";

it.each([
  ["Region is missing", "--region"],
  ["Could not load credentials from any providers", "AWS_ACCESS_KEY_ID=local"],
  ["ResourceNotFoundException: Stream a under account 1 not found.", "--endpoint"],
  ["UnrecognizedClientException: The security token included in the request is invalid.", "credentials"],
])("%s: what to do about it", (message, hint) => {
  expect(hintFor(message)).toContain(hint);
});

it("has nothing to add to other messages", () => {
  expect(hintFor("connect ECONNREFUSED 127.0.0.1:1")).toBeUndefined();
});
