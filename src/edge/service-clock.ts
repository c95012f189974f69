import type { KinesisClientResolvedConfig } from "@aws-sdk/client-kinesis";

/** The part of a client's configuration that has the offset of this machine's clock. */
export type ClockConfig = Pick<KinesisClientResolvedConfig, "systemClockOffset" | "disableClockSkewCorrection">;

/** If the answer took longer than this, its date is too inexact. */
const MAX_UNDER_WAY_MS = 900_000;

/** The time to sign with: the service's time, as far as the client knows it. */
export async function signingDate(config: ClockConfig): Promise<Date> {
  const isUncorrected = await config.disableClockSkewCorrection();
  return new Date(Date.now() + (isUncorrected ? 0 : config.systemClockOffset));
}

/**
 * Learns the service's time from an answer, as the SDK does. The offset is stored in the client, so the SDK's requests
 * use it too.
 *
 * @param sentAt - milliseconds since the Unix epoch, by this machine's clock
 * @param headers - those of the answer; an answer with an age comes from a cache, and its date is old
 */
export async function learnServiceTime(
  config: ClockConfig,
  sentAt: number,
  headers: { readonly date?: string | undefined; readonly age?: string | undefined },
): Promise<void> {
  if (headers.date === undefined || headers.age !== undefined || (await config.disableClockSkewCorrection())) return;
  const serviceTime = Date.parse(headers.date);
  const now = Date.now();
  if (Number.isNaN(serviceTime) || now - sentAt > MAX_UNDER_WAY_MS) return;
  config.systemClockOffset = serviceTime - now;
}
