import { describe, expect, test } from "vitest";

import { evenShards } from "../../../src/testing/even-shards.js";
import {
  acceptByRange,
  type PutRecordsAnswering,
  refuseAll,
  requestFailure,
  THROTTLED,
} from "../../../src/testing/scripted-answers.js";
import { virtualProducer } from "../../support/virtual-producer.js";

const TWO = evenShards(2);
const LOW = "0";
const accept = acceptByRange(TWO);

describe("a transport that tried a request several times by itself", () => {
  const triedTwice: PutRecordsAnswering = (call) => ({ ...accept(call), tries: 2 });

  test("may have stored what was delivered twice", async () => {
    const { clock, transport, put, start } = virtualProducer({}, TWO);
    await start();
    transport.next(triedTwice);
    const record = put({ explicitHashKey: LOW });

    await clock.advanceAsync(100);

    expect(record.value).toMatchObject({ mayBeDuplicate: true, attempts: [{ tries: 2 }] });
  });

  test.each(["AccessDeniedException", "ValidationException", "ResourceNotFoundException"])(
    "may have stored what is refused in the end with %s",
    async (code) => {
      const { clock, transport, put, start } = virtualProducer({}, TWO);
      await start();
      transport.next(requestFailure(code, { tries: 2 }));
      const record = put({ explicitHashKey: LOW });

      await clock.advanceAsync(100);

      expect(record.error).toMatchObject({ serviceCode: code, delivery: "unknown", attempts: [{ tries: 2 }] });
    },
  );

  test("may have stored what an entry is refused for in the end, and what a short answer does not tell of", async () => {
    const { clock, transport, put, start } = virtualProducer({ lingerMs: 0 }, TWO);
    await start();
    transport.next((call) => ({ ...refuseAll(THROTTLED)(call), tries: 3 }), {
      kind: "answered",
      entries: [],
      tries: 2,
    });
    const record = put({ explicitHashKey: LOW });

    await clock.advanceAsync(1_000);

    expect(record.value).toMatchObject({ mayBeDuplicate: true, attempts: [{ tries: 3 }, { tries: 2 }, {}] });
  });
});
