import type { Clock, TimerHandle } from "../core/ports.js";
import type { PutMetricDataInput } from "./metric-data.js";

/**
 * Sends metrics. `new CloudWatch({ region })` of `@aws-sdk/client-cloudwatch` is one; with a `CloudWatchClient`, write
 * `{ putMetricData: (input) => client.send(new PutMetricDataCommand(input)) }`.
 */
export interface MetricDataClient {
  putMetricData(input: PutMetricDataInput, options?: { readonly abortSignal: AbortSignal }): Promise<unknown>;
}

/** Calls the client, and gives up after a time. @throws Error of the client, or when it is too late */
export async function putWithin(
  timeoutMs: number,
  client: MetricDataClient,
  input: PutMetricDataInput,
  clock: Pick<Clock, "setTimer">,
): Promise<void> {
  const aborter = new AbortController();
  let timer: TimerHandle | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = clock.setTimer(timeoutMs, () => {
      reject(new Error(`PutMetricData did not answer within timeoutMs, ${timeoutMs} ms`));
      aborter.abort();
    });
  });
  try {
    await Promise.race([client.putMetricData(input, { abortSignal: aborter.signal }), late]);
  } finally {
    timer?.cancel();
  }
}
