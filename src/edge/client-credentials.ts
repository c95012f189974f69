import type { KinesisClient, KinesisClientConfig } from "@aws-sdk/client-kinesis";

import { type CredentialsParts, type Identity, SharedCredentials } from "./shared-credentials.js";

/** What asks a provider is left to the client's kind. */
export type CredentialsSettings = Omit<CredentialsParts, "ask" | "isConstant" | "initial">;

type Configured = KinesisClientConfig["credentials"];
type Provider = (options?: object) => Promise<Identity>;

/**
 * The credentials of a client that was made here, which has its requests signed with them from now on: the caller's own, or
 * those of the SDK's chain.
 *
 * The provider is called past the SDK's cache, which gives everybody the promise of a call that hangs.
 */
export function ownCredentials(
  client: KinesisClient,
  configured: Configured,
  settings: CredentialsSettings,
): SharedCredentials {
  const { config } = client;
  if (typeof configured === "object") {
    const constant = config.credentials as Provider;
    return new SharedCredentials({ ...settings, isConstant: true, ask: () => constant() });
  }
  let chain: Provider | undefined;
  const provide: Provider =
    configured ??
    ((options) => {
      // It has a cache of its own: a call that may be waiting behind one that hangs is made to another.
      chain ??= config.credentialDefaultProvider?.({ ...config, parentClientConfig: config });
      if (chain === undefined) throw new Error("there is no credentials provider");
      return chain(options);
    });
  let unanswered = 0;
  const shared = new SharedCredentials({
    ...settings,
    ask: async (isForced) => {
      if (unanswered > 0) chain = undefined;
      unanswered++;
      try {
        return await provide({ ...(isForced ? { forceRefresh: true } : {}), callerClientConfig: config });
      } finally {
        unanswered--;
      }
    },
  });
  config.credentials = Object.assign(() => shared.get(), { memoized: true });
  return shared;
}

/**
 * The credentials of a client that was handed in. It signs with what it has; only when the service refuses that, the client's
 * provider is asked again, by way of the client's cache: there is no other.
 */
export function foreignCredentials(client: KinesisClient, settings: CredentialsSettings): SharedCredentials {
  const ask = async (isForced: boolean): Promise<Identity> => {
    const { accessKeyId, secretAccessKey, sessionToken } = await (client.config.credentials as Provider)({
      forceRefresh: isForced,
    });
    // When they expire is the client's to know.
    return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  };
  return new SharedCredentials({ ...settings, ask, initial: { accessKeyId: "", secretAccessKey: "" } });
}
