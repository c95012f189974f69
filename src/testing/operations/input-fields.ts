import { ServiceError } from "../kinesis-model/service-error.js";
import type { JsonObject } from "./operation.js";

/** Constraints on a text. */
export interface TextRule {
  readonly min?: number;
  /** In UTF-16 code units. */
  readonly max?: number;
  readonly pattern?: RegExp;
  readonly oneOf?: readonly string[];
}

/** Constraints on a number, or on the length of a list. */
export interface SpanRule {
  readonly min?: number;
  readonly max?: number;
}

/** Stream and consumer names. Source: "CreateStream", API Reference. */
export const NAME_RULE: TextRule = { min: 1, max: 128, pattern: /^[a-zA-Z0-9_.-]+$/ };

/** Sequence numbers. Source: "PutRecord", API Reference. */
export const SEQUENCE_NUMBER_RULE: TextRule = { pattern: /^(?:0|[1-9]\d{0,128})$/ };

/** Hash keys. Source: "PutRecordsRequestEntry", API Reference. */
export const HASH_KEY_RULE: TextRule = { pattern: /^(?:0|[1-9]\d{0,38})$/ };

/** The service's name for a JSON value of the wrong type. */
function tokenOf(value: unknown): string {
  if (typeof value === "string") return "STRING_VALUE";
  if (typeof value === "number") return "NUMBER_VALUE";
  if (typeof value === "boolean") return value ? "TRUE_VALUE" : "FALSE_VALUE";
  return "START_OF_STRUCTURE_OR_LIST";
}

function wrongType(value: unknown, wanted: string): ServiceError {
  return new ServiceError("SerializationException", `${tokenOf(value)} cannot be converted to ${wanted}`);
}

/**
 * Reads the fields of an input like the service. A value of the wrong type ends the request at once
 * (`SerializationException`). Broken constraints are collected, in AWS's words, and `done` throws them as one
 * `ValidationException`. Until `done` has returned, a missing required field reads as an empty value.
 */
export class InputFields {
  readonly #input: JsonObject;
  readonly #path: string;
  readonly #violations: string[];

  constructor(input: JsonObject, path = "", violations: string[] = []) {
    this.#input = input;
    this.#path = path;
    this.#violations = violations;
  }

  /** @throws ServiceError when a constraint was broken, here or in a member */
  done(): void {
    const { length } = this.#violations;
    if (length === 0) return;
    const count = length === 1 ? "1 validation error" : `${length} validation errors`;
    throw new ServiceError("ValidationException", `${count} detected: ${this.#violations.join("; ")}`);
  }

  text(name: string, rule: TextRule = {}): string | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    if (typeof value !== "string") throw wrongType(value, "String");
    const shown = `Value '${value}'`;
    if (rule.min !== undefined && value.length < rule.min) this.#lengthBelow(name, shown, rule.min);
    const isTooLong = rule.max !== undefined && value.length > rule.max;
    if (rule.max !== undefined && isTooLong) this.#lengthAbove(name, shown, rule.max);
    // The time of a pattern may grow with the square of the length.
    if (!isTooLong && rule.pattern?.test(value) === false) {
      const pattern = rule.pattern.source.replaceAll(/^\^|\$$|\?:/g, "");
      this.#violate(name, shown, `Member must satisfy regular expression pattern: ${pattern}`);
    }
    if (rule.oneOf?.includes(value) === false) {
      this.#violate(name, shown, `Member must satisfy enum value set: [${rule.oneOf.join(", ")}]`);
    }
    return value;
  }

  requiredText(name: string, rule: TextRule = {}): string {
    return this.text(name, rule) ?? this.#missing(name, "");
  }

  integer(name: string, rule: SpanRule = {}): number | undefined {
    const value = this.number(name);
    if (value === undefined) return undefined;
    if (!Number.isInteger(value)) throw wrongType(value, "Integer");
    const shown = `Value '${value}'`;
    if (rule.min !== undefined && value < rule.min) {
      this.#violate(name, shown, `Member must have value greater than or equal to ${rule.min}`);
    }
    if (rule.max !== undefined && value > rule.max) {
      this.#violate(name, shown, `Member must have value less than or equal to ${rule.max}`);
    }
    return value;
  }

  requiredInteger(name: string, rule: SpanRule = {}): number {
    return this.integer(name, rule) ?? this.#missing(name, 0);
  }

  /** A number of any kind; timestamps are seconds with a fraction. */
  number(name: string): number | undefined {
    const value = this.#value(name);
    if (value !== undefined && typeof value !== "number") throw wrongType(value, "Number");
    return value;
  }

  flag(name: string): boolean | undefined {
    const value = this.#value(name);
    if (value !== undefined && typeof value !== "boolean") throw wrongType(value, "Boolean");
    return value;
  }

  /** A map of text to text. */
  texts(name: string): ReadonlyMap<string, string> {
    const value = this.#value(name);
    const texts = new Map<string, string>();
    if (value === undefined) return texts;
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrongType(value, "Map");
    for (const [key, text] of Object.entries(value)) {
      if (typeof text !== "string") throw wrongType(text, "String");
      texts.set(key, text);
    }
    return texts;
  }

  /** The texts of a list. */
  textList(name: string): readonly string[] {
    const value = this.#value(name);
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw wrongType(value, "List");
    for (const text of value) if (typeof text !== "string") throw wrongType(text, "String");
    return value as string[];
  }

  /** Base64 text, or plain bytes where the input is not JSON. */
  requiredBytes(name: string): Uint8Array {
    const value = this.#value(name);
    if (value === undefined) return this.#missing(name, new Uint8Array());
    if (value instanceof Uint8Array) return value;
    if (typeof value !== "string") throw wrongType(value, "Blob");
    const bytes = Buffer.from(value, "base64");
    // Node skips characters that are not base64: then there are fewer bytes than the length of the text allows.
    const padding = value.endsWith("==") ? 2 : value.endsWith("=") ? 1 : 0;
    if (value.length % 4 !== 0 || bytes.length !== (value.length / 4) * 3 - padding) {
      throw new ServiceError("SerializationException", "The value is not base64.");
    }
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Reports that the bytes are more than the field may have. */
  refuseBytes(name: string, max: number): void {
    this.#lengthAbove(name, "Value", max);
  }

  member(name: string): InputFields | undefined {
    const value = this.#value(name);
    return value === undefined ? undefined : this.#nested(value, this.#pathOf(name));
  }

  requiredMember(name: string): InputFields {
    return this.member(name) ?? this.#nested(this.#missing(name, {}), this.#pathOf(name));
  }

  /** The members of a list of structures; their paths count from 1. */
  requiredList(name: string, rule: SpanRule): readonly InputFields[] {
    const value = this.#value(name);
    if (value === undefined) return this.#missing(name, []);
    if (!Array.isArray(value)) throw wrongType(value, "List");
    if (rule.min !== undefined && value.length < rule.min) this.#lengthBelow(name, "Value '[]'", rule.min);
    if (rule.max !== undefined && value.length > rule.max) this.#lengthAbove(name, "Value", rule.max);
    return value.map((item, index) => this.#nested(item, `${this.#pathOf(name)}.${index + 1}.member`));
  }

  #value(name: string): unknown {
    const value = Object.hasOwn(this.#input, name) ? this.#input[name] : undefined;
    return value === null ? undefined : value;
  }

  #nested(value: unknown, path: string): InputFields {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrongType(value, "Structure");
    return new InputFields(value as JsonObject, path, this.#violations);
  }

  #pathOf(name: string): string {
    const member = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
    return this.#path === "" ? member : `${this.#path}.${member}`;
  }

  #violate(name: string, shown: string, constraint: string): void {
    this.#violations.push(`${shown} at '${this.#pathOf(name)}' failed to satisfy constraint: ${constraint}`);
  }

  #missing<Value>(name: string, placeholder: Value): Value {
    this.#violate(name, "Value null", "Member must not be null");
    return placeholder;
  }

  #lengthBelow(name: string, shown: string, min: number): void {
    this.#violate(name, shown, `Member must have length greater than or equal to ${min}`);
  }

  #lengthAbove(name: string, shown: string, max: number): void {
    this.#violate(name, shown, `Member must have length less than or equal to ${max}`);
  }
}
