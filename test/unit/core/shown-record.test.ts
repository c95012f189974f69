import { describe, expect, test } from "vitest";

import { toUserRecord } from "../../../src/core/shown-record.js";
import { placed } from "./placed-records.js";

describe("toUserRecord", () => {
  test("shows a record as the user knows it", () => {
    expect(toUserRecord(placed({ key: "k", explicitHashKey: "5", data: "zürich" }), "clicks")).toEqual({
      partitionKey: "k",
      explicitHashKey: "5",
      data: Buffer.from("zürich"),
      streamName: "clicks",
    });
  });

  test("leaves out what the record has not", () => {
    const record = toUserRecord(placed({ key: "", data: new Uint8Array([1]) }), "clicks");

    expect(Object.keys(record).sort()).toEqual(["data", "streamName"]);
  });
});
