import { describe, expect, test } from "vitest";
import { parsePrefix } from "../../../../src/testing/delivery/prefix-expression.js";

const FACTS = {
  oldestArrival: new Date(Date.UTC(2018, 7, 27, 10, 30)),
  keyValues: [],
  errorOutputType: "processing-failed",
  random: () => 0.999,
};

describe("a prefix", () => {
  // The examples of "Custom prefixes for Amazon S3 objects", for 10:30 UTC on 27 August 2018.
  test.each([
    ["plain/", "plain/"],
    ["", ""],
    ["myPrefix/year=!{timestamp:yyyy}/month=!{timestamp:MM}/", "myPrefix/year=2018/month=08/"],
    [
      "myErrorPrefix/!{timestamp:'year='yyyy'/month='MM'/day='dd'/hour='HH}/!{firehose:error-output-type}",
      "myErrorPrefix/year=2018/month=08/day=27/hour=10/processing-failed",
    ],
  ])("%s is %s", (prefix, evaluated) => {
    expect(parsePrefix("prefix", prefix).evaluate(FACTS)).toBe(evaluated);
  });

  test("has a new random string of 11 characters for each expression", () => {
    let drawn = 0;
    const random = (): number => (drawn++ < 11 ? 0 : 0.999);

    const evaluated = parsePrefix("prefix", "!{firehose:random-string}/!{firehose:random-string}").evaluate({
      ...FACTS,
      random,
    });

    expect(evaluated).toBe(`${"0".repeat(11)}/${"f".repeat(11)}`);
  });

  test("takes the values of partition keys in the order in which it names them", () => {
    const prefix = parsePrefix("prefix", "!{partitionKeyFromQuery:b}/x=!{partitionKeyFromLambda:a}/");

    expect(prefix.keys).toEqual([
      { source: "partitionKeyFromQuery", name: "b" },
      { source: "partitionKeyFromLambda", name: "a" },
    ]);
    expect(prefix.evaluate({ ...FACTS, keyValues: ["1", "2"] })).toBe("1/x=2/");
  });

  test("tells which namespaces it has", () => {
    expect(parsePrefix("prefix", "a")).toMatchObject({ hasExpressions: false, hasTimestamp: false });
    expect(parsePrefix("prefix", "!{timestamp:yyyy}")).toMatchObject({ hasExpressions: true, hasTimestamp: true });
    expect(parsePrefix("prefix", "!{firehose:error-output-type}").hasErrorOutputType).toBe(true);
  });

  test.each([
    ["a!{b", "prefix has !{ that begins no !{namespace:value}: !{b"],
    ["!{timestamp}", "prefix has !{ that begins no !{namespace:value}: !{timestamp}"],
    ["!{time:yyyy}", "prefix has the namespace time: known are timestamp, firehose,"],
    ["!{firehose:stream}", "prefix has !{firehose:stream}: known are error-output-type and random-string"],
    ["!{partitionKeyFromQuery:}", "prefix has !{partitionKeyFromQuery:} without the name of a key"],
    ["!{timestamp:YYYY}", "prefix: !{timestamp:YYYY} has the letter Y, the year of weeks"],
  ])("refuses %s", (prefix, message) => {
    expect(() => parsePrefix("prefix", prefix)).toThrow(message);
  });
});
