/**
 * PutRecords of the AWS SDK for JavaScript in batches of 500, eight requests at a time, as a side of a comparison. Each
 * record is its own Kinesis record, so that any consumer can read it. The SDK keeps connections alive by default. It
 * does not verify the sink's certificate, whose file is not there yet when the program starts.
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { peerSide, WORKLOADS_FIRST_KEY } from "../peer-side.mjs";

const PROGRAM = fileURLToPath(new URL("sdk-load.mjs", import.meta.url));

export function sdkSide() {
  return peerSide("SDK, PutRecords of 500", {
    command: process.execPath,
    args: (load) => [
      ...["--no-warnings", PROGRAM, String(load.port), "bench"],
      ...[load.size, load.warmUp, load.seconds, load.count].map(String),
    ],
    environment: { NODE_TLS_REJECT_UNAUTHORIZED: "0" },
    firstKey: WORKLOADS_FIRST_KEY,
  });
}
