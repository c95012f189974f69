import { expect, test } from "vitest";
import { Outflow } from "../../../src/core/outflow.js";
import { ChannelDiagnostics } from "../../../src/edge/channel-diagnostics.js";
import { Sender } from "../../../src/pipeline/sender.js";
import { ManualClock, ScriptedTransport } from "../../../src/testing/index.js";

test("no other request starts while the network has as many bytes to take as may be held", () => {
  const outflow = new Outflow(100);
  const sender = new Sender({
    transport: new ScriptedTransport(),
    clock: new ManualClock(),
    maxInFlight: 24,
    outflow,
    diagnostics: new ChannelDiagnostics({}, undefined),
  });
  const slots = [sender.hasSlot];

  for (const bytes of [60, 60]) {
    outflow.begin(bytes);
    slots.push(sender.hasSlot);
  }
  outflow.end(60);
  slots.push(sender.hasSlot);

  expect(slots).toEqual([true, true, false, true]);
});
