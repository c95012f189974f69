import type { KinesisClient } from "@aws-sdk/client-kinesis";

import type { RequestFailure } from "../core/ports.js";

/** Cached credentials that the service calls expired would be used until their own expiry: asks for fresh ones. */
export async function refreshIfExpired(client: () => KinesisClient, failure: RequestFailure): Promise<RequestFailure> {
  if (failure.code === "ExpiredTokenException" || failure.code === "ExpiredToken") {
    try {
      const { credentials } = client().config;
      await (credentials as (options?: { forceRefresh?: boolean }) => Promise<unknown>)({ forceRefresh: true });
    } catch {
      // Whoever asks next hears of it; or the client is closed, and nobody will.
    }
  }
  return failure;
}
