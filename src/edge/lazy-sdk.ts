import { SdkNotLoadedError } from "./configuration-failure.js";

/** The SDK, and the modules that use it. */
export type Sdk = typeof import("./sdk.js");

let loading: Promise<Sdk> | undefined;

/**
 * Loads the SDK, once for all producers of the process. Its packages take most of the time of an import
 * (decisions/0101).
 *
 * @returns rejects with a {@link SdkNotLoadedError}; never unhandled
 */
export function loadSdk(): Promise<Sdk> {
  if (loading !== undefined) return loading;
  // In webpack's bundle the modules stay in the file of their importer, as with other bundlers.
  loading = import(/* webpackMode: "eager" */ "./sdk.js").catch((error: unknown) => {
    throw new SdkNotLoadedError(error);
  });
  // The producer begins to load before a request waits for it.
  loading.catch(() => undefined);
  return loading;
}
