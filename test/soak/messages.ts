import type { LocalClientConfig } from "../../src/testing/index.js";

/** The reported outcome of a record. */
export const FATE = { pending: 0, delivered: 1, failedNone: 2, failedUnknown: 3 } as const;

/** The reported outcomes of one stream's records, by the number of the record. */
export interface StreamFates {
  readonly stream: string;
  readonly fates: Uint8Array;
  readonly count: number;
}

/** The comparison of one stream's records with their reported outcomes. */
export interface Verdict {
  readonly stream: string;
  readonly delivered: number;
  readonly failed: number;
  readonly lost: number;
  readonly duplicated: number;
}

export type ToServer =
  | { readonly do: "fault"; readonly line: string; readonly ms: number }
  | { readonly do: "limit"; readonly recordsPerSecond: number; readonly ms: number }
  | { readonly do: "reshard"; readonly stream: string }
  | { readonly do: "calm" }
  | { readonly do: "verify"; readonly fates: StreamFates }
  | { readonly do: "end" };

export type FromServer = { readonly config: LocalClientConfig } | { readonly verdict: Verdict };
