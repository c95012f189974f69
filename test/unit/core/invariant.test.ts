import { expect, test } from "vitest";

import { InvariantError } from "../../../src/core/invariant.js";

test("an invariant that is broken says which, what was found, and what to report", () => {
  const error = new InvariantError("a shard never holds less than nothing", { records: -1, bytes: 7 });

  expect(error).toMatchObject({ name: "InvariantError" });
  expect(error.message).toBe(
    "a shard never holds less than nothing, but found records -1, bytes 7. This is a bug of kinesis-producer: please report this message with its stack, the version, and what the producer was doing",
  );
});
