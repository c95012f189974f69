import { expect, test, vi } from "vitest";

import { deaggregate } from "../../../src/deaggregate/index.js";
import { aggregateOf, hashKeys, keys, record } from "../../support/proto-bytes.js";

test("without onDropped a process warning is emitted, once for each reason", () => {
  const emitWarning = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
  const badIndex = { data: aggregateOf(keys("k"), record(1, "")) };
  const badHashKey = { data: aggregateOf(keys("k"), hashKeys("-1"), record(0, "", 0)) };

  for (const each of [badIndex, badIndex, badHashKey, badIndex, badHashKey]) [...deaggregate(each)];

  const codes = emitWarning.mock.calls.map(([, options]) => (options as unknown as { code: string }).code);
  expect(codes).toEqual(["index-out-of-range", "hash-key-out-of-range"]);
  emitWarning.mockRestore();
});

test("with onDropped there is no warning", () => {
  const emitWarning = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);

  [...deaggregate({ data: aggregateOf(keys("k")) }, { onDropped: () => undefined })];

  expect(emitWarning).not.toHaveBeenCalled();
  emitWarning.mockRestore();
});
