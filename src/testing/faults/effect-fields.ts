import type { OperationName } from "../operations/operations.js";
import type { FaultEffect } from "./fault-rule.js";
import { HTTP2_ERROR_CODES } from "./http2-error-code.js";

/** A field of an effect: its allowed values, and how a command line writes it. */
export interface EffectField {
  readonly wanted: string;
  isRight(value: unknown): boolean;
  read(text: string): unknown;
}

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

const FLAG: EffectField = {
  wanted: "true or false",
  isRight: (value) => typeof value === "boolean",
  read: (text) => (text === "true" ? true : text === "false" ? false : text),
};

const TEXT: EffectField = {
  wanted: "a text",
  isRight: (value) => typeof value === "string" && value !== "",
  read: (text) => text,
};

const OFFSET: EffectField = { wanted: "a number of milliseconds", isRight: isNumber, read: Number };

const SPAN_MS: EffectField = {
  wanted: "0 ms or more",
  isRight: (value) => isNumber(value) && value >= 0,
  read: Number,
};

const MILLISECONDS: EffectField = {
  wanted: "0 ms or more, or a span { from, to } of them",
  isRight: (value) => {
    if (typeof value !== "object" || value === null) return SPAN_MS.isRight(value);
    const { from, to } = value as { readonly from?: unknown; readonly to?: unknown };
    return isNumber(from) && isNumber(to) && from >= 0 && to >= from;
  },
  read: (text) => {
    const [from = "", to] = text.split("..");
    return to === undefined ? Number(from) : { from: Number(from), to: Number(to) };
  },
};

const STATUS: EffectField = {
  wanted: "an HTTP status from 400 to 599",
  isRight: (value) => isNumber(value) && Number.isInteger(value) && value >= 400 && value <= 599,
  read: Number,
};

const COUNT: EffectField = {
  wanted: "0 or more",
  isRight: (value) => isNumber(value) && Number.isInteger(value) && value >= 0,
  read: Number,
};

const oneOf = (...values: readonly string[]): EffectField => ({
  wanted: values.join(", "),
  isRight: (value) => values.includes(value as string),
  read: (text) => text,
});

const HTTP2_CODE: EffectField = oneOf(...Object.keys(HTTP2_ERROR_CODES));

/** The moment of a call at which its connection or its stream breaks. */
const BREAK: EffectField = oneOf("before-headers", "after-storing", "mid-body");

const PUTS: readonly OperationName[] = ["PutRecord", "PutRecords"];

/** The fields of an effect. */
export interface EffectShape {
  readonly required: Readonly<Record<string, EffectField>>;
  readonly optional: Readonly<Record<string, EffectField>>;
  /** The operations that it applies to; absent: all. */
  readonly operations?: readonly OperationName[];
}

const shape = (
  required: EffectShape["required"] = {},
  optional: EffectShape["optional"] = {},
  operations?: readonly OperationName[],
): EffectShape => ({ required, optional, ...(operations === undefined ? {} : { operations }) });

/** Every effect by its kind. */
export const EFFECT_SHAPES: Readonly<Record<FaultEffect["kind"], EffectShape>> = {
  "fail-entry": shape({}, { stored: FLAG }, PUTS),
  "throttle-entry": shape({}, {}, PUTS),
  error: shape(
    { code: TEXT },
    {
      message: TEXT,
      statusCode: STATUS,
      body: oneOf("json", "html", "empty"),
      stored: FLAG,
      retryAfterMs: SPAN_MS,
    },
  ),
  throttle: shape(),
  "expired-token": shape(),
  "clock-skew": shape({ offsetMs: OFFSET }),
  records: shape({ answer: oneOf("missing", "short", "long") }, {}, ["PutRecords"]),
  "empty-answer": shape(),
  truncate: shape(),
  reset: shape({ at: BREAK }),
  "reset-stream": shape({}, { at: BREAK, code: HTTP2_CODE }),
  goaway: shape({}, { inFlight: oneOf("finish", "refuse"), code: HTTP2_CODE }),
  "event-error": shape({ code: TEXT }, { message: TEXT, after: COUNT }, ["SubscribeToShard"]),
  hang: shape({}, { stored: FLAG }),
  "refuse-connections": shape({ ms: SPAN_MS }),
  latency: shape({ ms: MILLISECONDS }),
  "slow-body": shape({ ms: MILLISECONDS }),
  "stale-list": shape({}, {}, ["ListShards", "DescribeStream"]),
  "unknown-child": shape({}, { staleListMs: SPAN_MS }, PUTS),
  "switch-to-auto": shape(),
  "delete-stream": shape(),
  "recreate-stream": shape(),
};
