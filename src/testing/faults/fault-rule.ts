import type { OperationName } from "../operations/operations.js";
import type { Http2ErrorCode } from "./http2-error-code.js";

/** Milliseconds: constant, or drawn uniformly from a span. */
export type Milliseconds = number | { readonly from: number; readonly to: number };

/** Effects on single records of PutRecords, or on the record of PutRecord. */
export type EntryEffect =
  /** `InternalFailure`; with `stored`, after the record was stored, so that a retry duplicates it. */
  | { readonly kind: "fail-entry"; readonly stored?: boolean }
  /** `ProvisionedThroughputExceededException`, with the text for a shard over its limit. */
  | { readonly kind: "throttle-entry" };

/** Effects on a whole request, in place of its answer. */
export type RequestEffect =
  /** An error by its code; the status is the service's own for the code unless given. */
  | {
      readonly kind: "error";
      readonly code: string;
      readonly message?: string;
      readonly statusCode?: number;
      /**
       * By default in the protocol of the call. `"json"` is always JSON, which the service sometimes answers to a call
       * in CBOR (aws/aws-sdk-java-v2#1595). The others are answers of a load balancer.
       */
      readonly body?: "json" | "html" | "empty";
      /** Whether the request is carried out nevertheless. */
      readonly stored?: boolean;
      /** Sent as `retry-after` and `x-amz-retry-after`. */
      readonly retryAfterMs?: number;
    }
  /** The error `ProvisionedThroughputExceededException` for the whole request. */
  | { readonly kind: "throttle" }
  /** `ExpiredTokenException`, until a call has another access key id than the first one. */
  | { readonly kind: "expired-token" }
  /**
   * `InvalidSignatureException` for a client that does not sign by the service's clock. That clock is `offsetMs` ahead,
   * and shows in the `Date` headers.
   */
  | { readonly kind: "clock-skew"; readonly offsetMs: number }
  /** PutRecords carried out, and an answer without `Records`, one too few, or one too many. */
  | { readonly kind: "records"; readonly answer: "missing" | "short" | "long" }
  /** Carried out, and HTTP 200 with an empty body. */
  | { readonly kind: "empty-answer" }
  /** Carried out, and the first half of the body as if it were complete. */
  | { readonly kind: "truncate" }
  /** The connection dies: before anything is stored, after it was stored, or within the body of the answer. */
  | { readonly kind: "reset"; readonly at: "before-headers" | "after-storing" | "mid-body" }
  /**
   * Over HTTP/2 the stream of the call is reset, and the connection stays open. By default before anything is stored,
   * and with the code `"INTERNAL_ERROR"`. Over HTTP/1.1 a `reset`.
   */
  | {
      readonly kind: "reset-stream";
      readonly at?: "before-headers" | "after-storing" | "mid-body";
      readonly code?: Http2ErrorCode;
    }
  /**
   * Over HTTP/2 the connection takes no new streams: GOAWAY, by default with the code `"NO_ERROR"`. Calls in flight,
   * this one included, are carried out and answered, and then the connection ends. With `inFlight: "refuse"` the call
   * is not carried out, and its stream is reset with REFUSED_STREAM. Over HTTP/1.1 a `reset`, after storing or before.
   */
  | { readonly kind: "goaway"; readonly inFlight?: "finish" | "refuse"; readonly code?: Http2ErrorCode }
  /** SubscribeToShard is carried out, and after N events, 0 by default, the stream ends with the error. */
  | { readonly kind: "event-error"; readonly code: string; readonly message?: string; readonly after?: number }
  /** Never answered; carried out only with `stored`. */
  | { readonly kind: "hang"; readonly stored?: boolean }
  /** This connection dies, and no new one is accepted for `ms` milliseconds. */
  | { readonly kind: "refuse-connections"; readonly ms: number };

/** Effects on the time, on a listing or on the stream. The call is answered nevertheless. */
export type AccompanyingEffect =
  /** The answer comes later. */
  | { readonly kind: "latency"; readonly ms: Milliseconds }
  /** The body arrives in pieces over this time. */
  | { readonly kind: "slow-body"; readonly ms: Milliseconds }
  /** ListShards and DescribeStream return the shards from before the last reshard. */
  | { readonly kind: "stale-list" }
  /**
   * The shard of the first record is split before the call, and listings show the old shards for `staleListMs` (1,000).
   */
  | { readonly kind: "unknown-child"; readonly staleListMs?: number }
  /** The stream becomes on-demand, with the record distribution AUTO, before the call. */
  | { readonly kind: "switch-to-auto" }
  /** The stream is deleted before the call. */
  | { readonly kind: "delete-stream" }
  /** The stream is deleted and created again before the call: empty, with the same number of shards. */
  | { readonly kind: "recreate-stream" };

/** The effect of a fault. */
export type FaultEffect = EntryEffect | RequestEffect | AccompanyingEffect;

/** Numbers of calls, from 1. */
export type CallNumbers =
  | number
  | readonly number[]
  | {
      /** The first call; 1 by default. */
      readonly from?: number;
      /** The last call; no end by default. */
      readonly to?: number;
      /** Every n-th of them, beginning with the n-th. */
      readonly every?: number;
    };

/** The calls that a fault strikes: all given conditions must hold. */
export interface FaultMatch {
  /** By default every operation that the effect applies to. */
  readonly operation?: OperationName | readonly OperationName[];
  /** Counted from the moment the rule was added, among the calls for which the other conditions hold. */
  readonly calls?: CallNumbers;
  /** Name of the stream. */
  readonly stream?: string;
  /** A record goes into this shard, or the call names it. */
  readonly shardId?: string;
  /** A record, or a user record in it, has this partition key. */
  readonly partitionKey?: string;
  /** 0 to 1, for each call, or for each record where the effect strikes records. 1 by default. */
  readonly probability?: number;
}

/** A fault as plain data. */
export interface FaultRule {
  readonly on?: FaultMatch;
  readonly do: FaultEffect;
  /** How many calls or records it strikes; no limit by default. */
  readonly times?: number;
}
