import { SharedCredentials } from "../../src/edge/shared-credentials.js";
import { ManualClock } from "../../src/testing/manual-clock.js";

/** Constant credentials that every test server accepts. */
export function constantCredentials(): SharedCredentials {
  const identity = { accessKeyId: "local", secretAccessKey: "local" };
  return new SharedCredentials({
    ask: () => Promise.resolve(identity),
    clock: new ManualClock(),
    random: () => 0.5,
    limitMs: 1_000,
    isConstant: true,
    initial: identity,
  });
}
