import { describe, expect, it } from "vitest";
import { closeAccount } from "../../../../examples/game-pipeline/account.js";
import { deliveredForm } from "../../../../examples/game-pipeline/game-event.js";
import { evidenceOf, gameEvent, lose, serverBook } from "./evidence-of-a-run.js";

const acknowledged = (...numbers: number[]): ReadonlySet<number> => new Set(numbers);

describe("an account", () => {
  it("closes when each event is in a file, or dropped for its player", () => {
    const account = closeAccount(evidenceOf([serverBook("a", 5), serverBook("b", 3)]));

    expect(account).toMatchObject({ put: 8, servers: 2, inFiles: 5, dropped: 3, named: [], missing: [], killed: [] });
    expect([account.contradictions, account.isClosed]).toEqual([[], true]);
  });

  it.each([0, 1])("does not close when event %i was acknowledged, and is nowhere", (number) => {
    const evidence = evidenceOf([serverBook("a", 2)]);
    lose(evidence, `a/${number}`);

    const account = closeAccount(evidence);

    expect([account.missing, account.isClosed]).toEqual([[`a/${number}`], false]);
    expect(account.contradictions).toEqual([`a/${number} was acknowledged, and is not in the stream`]);
  });

  it("does not close when an event is in the stream, and the filter has lost it", () => {
    const evidence = evidenceOf([serverBook("a", 1)]);
    lose(evidence, "a/0");
    evidence.inEvents.set("a/0", 1);

    expect(closeAccount(evidence)).toMatchObject({ missing: ["a/0"], contradictions: [], isClosed: false });
  });

  it("names an event of the killed process that has no outcome and is nowhere, and closes", () => {
    const server = serverBook("a", 3, { state: "killed", delivered: acknowledged(0) });
    const evidence = evidenceOf([server]);
    lose(evidence, "a/2");

    const account = closeAccount(evidence);

    expect(account.named).toEqual([{ by: "a", why: "unknown: in the killed process", ids: ["a/2"] }]);
    expect(account.killed).toEqual([{ name: "a", put: 3, unacknowledged: 2, found: 1 }]);
    expect(account.isClosed).toBe(true);
  });

  it("does not excuse an acknowledged event by the end of its process", () => {
    const evidence = evidenceOf([serverBook("a", 3, { state: "killed" })]);
    lose(evidence, "a/2");

    expect(closeAccount(evidence)).toMatchObject({ missing: ["a/2"], named: [], isClosed: false });
  });

  it("does not close when a process that ended cleanly has no outcome for an event", () => {
    const evidence = evidenceOf([serverBook("a", 2, { delivered: acknowledged(0) })]);

    expect(closeAccount(evidence)).toMatchObject({
      contradictions: ["a ended without the outcome of a/1"],
      isClosed: false,
    });
  });

  it("does not close when a server crashed", () => {
    const { contradictions, isClosed } = closeAccount(evidenceOf([serverBook("a", 2, { state: "crashed" })]));

    expect([contradictions, isClosed]).toEqual([["a crashed"], false]);
  });

  it("names an event that failed, and an event in an error file", () => {
    const failed = new Map([[0, { code: "KP_RECORD_EXPIRED", delivery: "none" as const }]]);
    const evidence = evidenceOf([serverBook("a", 3, { delivered: acknowledged(1, 2), failed })]);
    lose(evidence, "a/0");
    evidence.files.events.delete("a/2");
    evidence.files.errors.set("a/2", "Lambda.FunctionError");

    const { named, isClosed } = closeAccount(evidence);

    expect(named).toEqual([
      { by: "a", why: "failed: KP_RECORD_EXPIRED, delivery none", ids: ["a/0"] },
      { by: "a", why: "in an error file: Lambda.FunctionError", ids: ["a/2"] },
    ]);
    expect(isClosed).toBe(true);
  });

  it("does not close when an event that failed with delivery none is in the stream", () => {
    const failed = new Map([[0, { code: "KP_RECORD_EXPIRED", delivery: "none" as const }]]);
    const evidence = evidenceOf([serverBook("a", 1, { delivered: acknowledged(), failed })]);

    expect(closeAccount(evidence)).toMatchObject({
      inFiles: 1,
      contradictions: ['a/0 failed with delivery "none", and is in the stream'],
      isClosed: false,
    });
  });

  it("does not close when the filter took the wrong players, or a file has another text", () => {
    const evidence = evidenceOf([serverBook("a", 4)]);
    evidence.filter.dropped.set("a/0", 1);
    evidence.files.events.set("a/1", [deliveredForm(gameEvent("a", 1))]);
    evidence.files.events.set("a/2", [{ ...deliveredForm(gameEvent("a", 2)), playTime: "1 h 13 min" }]);

    expect(closeAccount(evidence)).toMatchObject({
      contradictions: [
        "a/0 was dropped, and its player has premium",
        "a/1 is in a file, and its player has no premium",
        "a/2 is changed in a file",
      ],
      isClosed: false,
    });
  });

  it("does not close when there is an event that no server put", () => {
    const evidence = evidenceOf([serverBook("a", 1)]);
    evidence.files.events.set("b/0", [deliveredForm(gameEvent("b", 0))]);
    evidence.filter.dropped.set("b/1", 1);

    expect(closeAccount(evidence)).toMatchObject({
      put: 1,
      contradictions: ["b/0 is in a file, and no server put it", "b/1 is dropped, and no server put it"],
      isClosed: false,
    });
  });

  it("does not close when nothing explains a duplicate", () => {
    const evidence = evidenceOf([serverBook("a", 1)]);
    const [copy] = evidence.files.events.get("a/0") ?? [];
    if (copy !== undefined) evidence.files.events.set("a/0", [copy, copy]);

    expect(closeAccount(evidence)).toMatchObject({
      contradictions: [],
      duplicates: { inFiles: 1, explained: [], unexplained: ["a/0"] },
      isClosed: false,
    });
  });

  it("explains the second copy of an event whose server was killed before it could write why", () => {
    const evidence = evidenceOf([serverBook("a", 2, { state: "killed", delivered: acknowledged(0) })]);
    evidence.inEvents.set("a/1", 2);
    evidence.filter.dropped.set("a/1", 2);

    expect(closeAccount(evidence)).toMatchObject({
      duplicates: { dropped: 1, explained: [{ by: "a", why: "it was killed before it wrote why", copies: 1 }] },
      isClosed: true,
    });
  });
});
