import { describe, expect, test } from "vitest";
import { chooseBase } from "../../../../bench/regression/choose-base.mjs";

const named = { commit: "0123456789abcdef", reason: "before a change" };
const nothing = { against: undefined, tag: undefined, named, hasCommit: false, isSmoke: true };

describe("the tree that a regression is measured against", () => {
  test("is the commit of the command line before everything else", () => {
    expect(chooseBase({ ...nothing, against: "v1", tag: "v2", hasCommit: true }).ref).toBe("v1");
  });

  test("is the last tag when there is one", () => {
    expect(chooseBase({ ...nothing, tag: "v2", hasCommit: true }).ref).toBe("v2");
  });

  test("is the commit of base.json when the clone has it, with its reason", () => {
    expect(chooseBase({ ...nothing, hasCommit: true })).toEqual({
      ref: named.commit,
      about: "0123456, before a change",
    });
  });

  test("is this tree in a shallow clone, and the table says so", () => {
    const { ref, about } = chooseBase(nothing);

    expect(ref).toBeUndefined();
    expect(about).toContain("itself");
    expect(about).toContain("not 0123456 of base.json");
  });

  test("must be named for a full run in a shallow clone", () => {
    expect(() => chooseBase({ ...nothing, isSmoke: false })).toThrow(/--against/);
  });
});
