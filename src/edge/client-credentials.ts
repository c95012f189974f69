import type { KinesisClient, KinesisClientConfig } from "@aws-sdk/client-kinesis";

import { type CredentialsParts, type Identity, SharedCredentials } from "./shared-credentials.js";

/** Settings of shared credentials without the call of the provider, which depends on the kind of client. */
export type CredentialsSettings = Omit<CredentialsParts, "ask" | "isConstant" | "initial">;

type Configured = KinesisClientConfig["credentials"];
type Provider = (options?: object) => Promise<Identity>;

/**
 * The credentials of a client that was made here: the caller's credentials, or those of the SDK's chain. The client
 * signs its requests with them from now on.
 *
 * The provider is called without the SDK's cache: if one call hangs, the cache returns its promise to every later
 * caller.
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
      // The chain has its own cache. While a call is unanswered, the next call uses a new chain, so it cannot wait for
      // a call that hangs.
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
 * The credentials of a client that the caller passed. The client signs with its own credentials. Only when the service
 * refuses them is the client's provider asked again, through the client's cache: there is no other way.
 */
export function foreignCredentials(client: KinesisClient, settings: CredentialsSettings): SharedCredentials {
  const ask = async (isForced: boolean): Promise<Identity> => {
    const { accessKeyId, secretAccessKey, sessionToken } = await (client.config.credentials as Provider)({
      forceRefresh: isForced,
    });
    // Without the expiry: the client renews its credentials itself.
    return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  };
  return new SharedCredentials({ ...settings, ask, initial: { accessKeyId: "", secretAccessKey: "" } });
}
