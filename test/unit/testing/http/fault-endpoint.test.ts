import { beforeEach, describe, expect, it } from "vitest";
import { FaultScript } from "../../../../src/testing/faults/fault-script.js";
import { answerFaults, FAULTS_PATH } from "../../../../src/testing/http/fault-endpoint.js";
import type { LocalAnswer } from "../../../../src/testing/http/local-answer.js";

let faults: FaultScript;

beforeEach(() => {
  faults = new FaultScript();
});

function call(
  method: string,
  body: unknown = "",
  path = FAULTS_PATH,
  type = "application/json",
): LocalAnswer | undefined {
  const bytes = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  return answerFaults(faults, { method, path, headers: { "content-type": type }, body: bytes, connection: 0 });
}

const texts = (): string[] => faults.list().map(({ text }) => text);

describe("the path of faults", () => {
  it("lists, adds, replaces and clears them", () => {
    expect(call("GET")).toMatchObject({ statusCode: 200, body: { faults: [] } });
    call("POST", { faults: ["PutRecords throttle p=0.3", "latency ms=5"] });
    call("POST", { faults: ["PutRecords hang times=1"] });
    expect(texts()).toEqual(["PutRecords throttle p=0.3", "latency ms=5", "PutRecords hang times=1"]);

    const answer = call("PUT", { faults: ["ListShards hang"] });

    expect(answer).toMatchObject({
      statusCode: 200,
      headers: { "content-type": "application/json" },
      body: { faults: [{ fault: "ListShards hang", hits: 0, isSpent: false }] },
    });
    expect(call("DELETE")).toMatchObject({ body: { faults: [] } });
    expect(faults.isEmpty).toBe(true);
  });

  it.each(["PUT", "POST"])("changes nothing when %s has a fault that cannot be read, and says which", (method) => {
    faults.add("latency ms=5");

    for (const body of [{ faults: ["PutRecords hang", "explode"] }, { faults: "hang" }, ["hang"], "nonsense", "null"]) {
      const answer = call(method, body);
      expect(answer).toMatchObject({ statusCode: 400, body: { message: expect.any(String) } });
    }
    expect(call(method, { faults: ["explode"] })).toMatchObject({
      body: { message: expect.stringContaining('"explode": no fault "explode"; known are') },
    });
    expect(texts()).toEqual(["latency ms=5"]);
  });

  it("takes changes only of a type for which a browser asks first", () => {
    expect(call("POST", { faults: ["hang"] }, FAULTS_PATH, "text/plain")).toMatchObject({ statusCode: 415 });
    expect(call("PATCH")).toMatchObject({ statusCode: 405 });
    expect(texts()).toEqual([]);
  });

  it("is no other path", () => {
    expect(call("DELETE", "", "/")).toBeUndefined();
  });
});
