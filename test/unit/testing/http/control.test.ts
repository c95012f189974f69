import { describe, expect, it } from "vitest";
import { Control, type ControlledCall } from "../../../../src/testing/http/control.js";
import type { LocalAnswer } from "../../../../src/testing/http/local-answer.js";

function callOf(run: () => LocalAnswer = () => ({ statusCode: 200 })): Omit<ControlledCall, "index"> {
  return { operation: "PutRecords", input: {}, headers: {}, connection: 0, run };
}

describe("Control", () => {
  it("lets calls through without a hook and counts them by operation", async () => {
    const control = new Control();

    await control.answer(callOf());
    await control.answer({ ...callOf(), operation: "ListShards" });

    expect(await control.answer(callOf())).toEqual({ statusCode: 200 });
    expect([control.calls("PutRecords"), control.calls("ListShards"), control.allCalls()]).toEqual([2, 1, 3]);
  });

  it("asks the newest hook first and the next when it lets the call through", async () => {
    const control = new Control();
    const asked: string[] = [];
    control.add("PutRecords", ({ index }) => {
      asked.push(`old ${index}`);
      return { kind: "error", code: "AccessDeniedException" };
    });
    const remove = control.add("PutRecords", ({ index }) => {
      asked.push(`new ${index}`);
      return undefined;
    });

    const answer = await control.answer(callOf());
    remove();
    await control.answer(callOf());

    expect(answer).toEqual({
      statusCode: 400,
      body: { __type: "AccessDeniedException", message: "AccessDeniedException" },
    });
    expect(asked).toEqual(["new 0", "old 0", "old 1"]);
  });

  it("runs the operation once, before or after the hook", async () => {
    const control = new Control();
    let runs = 0;
    const run = (): LocalAnswer => ({ statusCode: 200, body: { run: ++runs } });

    const remove = control.add("PutRecords", (call) => {
      call.run();
      call.run();
      return undefined;
    });
    const ran = await control.answer(callOf(run));
    remove();
    control.add("PutRecords", async (call) => {
      call.run();
      return { kind: "destroy" };
    });

    expect(ran).toEqual({ statusCode: 200, body: { run: 1 } });
    expect(await control.answer(callOf(run))).toBe("destroy");
    expect(runs).toBe(2);
  });

  it("answers 500 for a hook that throws", async () => {
    const control = new Control();
    control.add("PutRecords", () => {
      throw new Error("a bug");
    });

    expect(await control.answer(callOf())).toMatchObject({
      statusCode: 500,
      body: { message: "a control hook threw: Error: a bug" },
    });
  });
});
