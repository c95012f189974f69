import { expect, test } from "vitest";

import { CreationDispute } from "../../../src/pipeline/creation-dispute.js";

test("without evidence a list of the stream that is known settles nothing, because nothing is open", () => {
  const dispute = new CreationDispute();

  expect([dispute.isOpen, dispute.onOldList(0)]).toEqual([false, "settled"]);
});

test("evidence is believed through eleven lists that contradict it; the twelfth refutes it", () => {
  const dispute = new CreationDispute();
  dispute.onEvidence(100);

  const states = Array.from({ length: 12 }, (_, i) => dispute.onOldList(100 + i));

  expect(states).toEqual([...Array.from({ length: 11 }, () => "open"), "refuted"]);
  expect(dispute.isOpen).toBe(false);
});

test("a list that was asked for before the evidence does not count against it", () => {
  const dispute = new CreationDispute();
  dispute.onEvidence(100);

  for (let i = 0; i < 50; i++) expect(dispute.onOldList(99)).toBe("open");
});

test("more evidence does not begin the count anew; another map does", () => {
  const dispute = new CreationDispute();
  dispute.onEvidence(100);
  for (let i = 0; i < 11; i++) {
    dispute.onEvidence(200);
    dispute.onOldList(100);
  }
  expect(dispute.onOldList(100)).toBe("refuted");

  dispute.onEvidence(300);
  dispute.end();
  dispute.onEvidence(400);

  expect(dispute.onOldList(300)).toBe("open");
  for (let i = 0; i < 11; i++) expect(dispute.onOldList(400)).toBe("open");
  expect(dispute.onOldList(400)).toBe("refuted");
});
