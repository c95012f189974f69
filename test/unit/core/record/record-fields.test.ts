import { expect, test } from "vitest";

import { strayField } from "../../../../src/core/record/record-fields.js";

test.each([
  [{ partitonKey: "k" }, "a record has no field partitonKey; did you mean partitionKey?"],
  [{ PartitionKey: "k", Data: "x" }, "a record has no field PartitionKey; did you mean partitionKey?"],
  [{ partitionKey: "k", Data: "x" }, "a record has no field Data; did you mean data?"],
  [{ partitionKey: "k", data: "x", explicitHashkey: "1" }, "explicitHashkey; did you mean explicitHashKey?"],
  [{ key: "k", value: "x" }, "a record has no field key; its name here is partitionKey"],
  [{ partitionKey: "k", data: "x", topic: "t" }, "a record has no field topic; its name here is streamName"],
  [{ partitionKey: "k", data: "x", frobnicate: undefined }, "a record has no field frobnicate"],
  [JSON.parse('{ "partitionKey": "k", "data": "x", "__proto__": 1 }'), "a record has no field __proto__"],
])("%j has a field that no record has", (record, complaint) => {
  expect(strayField(record)).toContain(complaint);
});

class Event {
  readonly #id = 7;
  static kind = "event";
  get partitionKey(): string {
    return `user-${this.#id}`;
  }
  get data(): string {
    return "x";
  }
  toJSON(): object {
    return {};
  }
}

const WHOLE = { partitionKey: "k", explicitHashKey: "1", data: "x", tags: {}, recordId: "i", streamName: "s" };

test.each([
  ["has every field", WHOLE],
  ["has no prototype", Object.assign(Object.create(null), WHOLE)],
  ["is of a class with getters", new Event()],
  ["inherits what is enumerable", Object.create({ frobnicate: 1 }, {})],
  ["has symbols", { ...WHOLE, [Symbol("mark")]: 1 }],
  ["has what is not enumerable", Object.defineProperty({ ...WHOLE }, "cache", { value: 1 })],
])("one that %s has none", (_, record) => {
  expect(strayField(record)).toBeUndefined();
});

test("no property is read", () => {
  const record = {
    get partitionKey(): string {
      throw new Error("read");
    },
    get other(): string {
      throw new Error("read");
    },
  };

  expect(strayField(record)).toBe("a record has no field other");
});
