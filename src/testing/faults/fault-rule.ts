import type { OperationName } from "../operations/operations.js";
import type { Http2ErrorCode } from "./http2-error-code.js";

/** Milliseconds: always the same, or drawn evenly from a span. */
export type Milliseconds = number | { readonly from: number; readonly to: number };

/** What befalls single records of PutRecords, or the record of PutRecord. */
export type EntryEffect =
  /** `InternalFailure`; with `stored`, after the record was stored: who retries, duplicates. */
  | { readonly kind: "fail-entry"; readonly stored?: boolean }
  /** `ProvisionedThroughputExceededException`, in the words for a full shard. */
  | { readonly kind: "throttle-entry" };

/** What becomes of a whole request instead of its answer. */
export type RequestEffect =
  /** An error by its code; the status is the service's own for the code unless given. */
  | {
      readonly kind: "error";
      readonly code: string;
      readonly message?: string;
      readonly statusCode?: number;
      /**
       * In the protocol of the call by default. `"json"` is JSON even so, which the service sometimes answers to a call in
       * CBOR (aws/aws-sdk-java-v2#1595); the others are what a load balancer says.
       */
      readonly body?: "json" | "html" | "empty";
      /** Whether the request is carried out all the same. */
      readonly stored?: boolean;
      /** Sent as `retry-after` and `x-amz-retry-after`. */
      readonly retryAfterMs?: number;
    }
  /** The error `ProvisionedThroughputExceededException` for the whole request. */
  | { readonly kind: "throttle" }
  /** `ExpiredTokenException`, until another access key id is seen than that of the first call. */
  | { readonly kind: "expired-token" }
  /**
   * `InvalidSignatureException` for whoever does not sign by the service's clock, which is `offsetMs` ahead: its `Date`
   * headers say so.
   */
  | { readonly kind: "clock-skew"; readonly offsetMs: number }
  /** PutRecords carried out, and an answer without `Records`, one too few, or one too many. */
  | { readonly kind: "records"; readonly answer: "missing" | "short" | "long" }
  /** Carried out, and HTTP 200 with an empty body. */
  | { readonly kind: "empty-answer" }
  /** Carried out, and the first half of the body as if it were all. */
  | { readonly kind: "truncate" }
  /** The connection dies: before anything is stored, after it, or within the answer's body. */
  | { readonly kind: "reset"; readonly at: "before-headers" | "after-storing" | "mid-body" }
  /**
   * Over HTTP/2 the stream of the call is reset and the connection lives on, before anything is stored by default; the
   * code is `"INTERNAL_ERROR"` by default. Elsewhere a `reset`.
   */
  | {
      readonly kind: "reset-stream";
      readonly at?: "before-headers" | "after-storing" | "mid-body";
      readonly code?: Http2ErrorCode;
    }
  /**
   * Over HTTP/2 the connection takes no new streams: GOAWAY, with the code `"NO_ERROR"` by default. The call is carried out
   * and answered like the others that are under way, and then the connection ends; with `inFlight: "refuse"` it is not
   * carried out, and its stream is reset with REFUSED_STREAM. Elsewhere a `reset` after storing, or before.
   */
  | { readonly kind: "goaway"; readonly inFlight?: "finish" | "refuse"; readonly code?: Http2ErrorCode }
  /** SubscribeToShard is carried out, and after so many events, none by default, the error is told in the stream. */
  | { readonly kind: "event-error"; readonly code: string; readonly message?: string; readonly after?: number }
  /** Never answered; carried out only with `stored`. */
  | { readonly kind: "hang"; readonly stored?: boolean }
  /** This connection dies, and no new one is accepted for a while. */
  | { readonly kind: "refuse-connections"; readonly ms: number };

/** What happens to the time, to the listing or to the stream; the call is answered all the same. */
export type AccompanyingEffect =
  /** The answer comes later. */
  | { readonly kind: "latency"; readonly ms: Milliseconds }
  /** The body comes in pieces over this time. */
  | { readonly kind: "slow-body"; readonly ms: Milliseconds }
  /** ListShards and DescribeStream tell the shards from before the last reshard. */
  | { readonly kind: "stale-list" }
  /** The shard of the first record is split before the call, and listings do not say so for `staleListMs` (1,000). */
  | { readonly kind: "unknown-child"; readonly staleListMs?: number }
  /** The stream becomes on-demand, with the record distribution AUTO, before the call. */
  | { readonly kind: "switch-to-auto" }
  /** The stream is deleted before the call. */
  | { readonly kind: "delete-stream" }
  /** The stream is deleted and created again, empty and with as many shards, before the call. */
  | { readonly kind: "recreate-stream" };

/** What a fault does. */
export type FaultEffect = EntryEffect | RequestEffect | AccompanyingEffect;

/** Numbers of calls, from 1. */
export type CallNumbers =
  | number
  | readonly number[]
  | {
      /** The first one; 1 by default. */
      readonly from?: number;
      /** The last one; without end by default. */
      readonly to?: number;
      /** Every n-th of them, beginning with the n-th. */
      readonly every?: number;
    };

/** Which calls a fault befalls: those for which everything holds that is given. */
export interface FaultMatch {
  /** Every operation for which the effect means something, by default. */
  readonly operation?: OperationName | readonly OperationName[];
  /** Counted from when the rule was added, among the calls for which all else holds. */
  readonly calls?: CallNumbers;
  /** Name of the stream. */
  readonly stream?: string;
  /** A record goes into this shard, or the call names it. */
  readonly shardId?: string;
  /** A record has this partition key, or a user record in it. */
  readonly partitionKey?: string;
  /** 0 to 1; of each call, or of each record for what befalls records. 1 by default. */
  readonly probability?: number;
}

/** A fault as plain data. */
export interface FaultRule {
  readonly on?: FaultMatch;
  readonly do: FaultEffect;
  /** How often it strikes, calls or records; without end by default. */
  readonly times?: number;
}
