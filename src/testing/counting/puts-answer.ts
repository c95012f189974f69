import { encodeBody, type Protocol } from "../http/wire-protocol.js";
import type { EntryRefusal } from "../operations/operation.js";

/** The constant parts of an answer of PutRecords: each character is a byte. */
interface AnswerForm {
  /** The part before the entries. */
  begin(failed: number, entries: number): string;
  readonly beforeShardId: string;
  readonly beforeSequenceNumber: string;
  readonly afterSequenceNumber: string;
  readonly betweenEntries: string;
  readonly end: string;
}

/** A head of CBOR: a type in the upper three bits and a number below 2^16. */
function head(major: number, number: number): string {
  if (number < 24) return String.fromCharCode(major | number);
  if (number < 256) return String.fromCharCode(major | 24, number);
  return String.fromCharCode(major | 25, number >> 8, number & 0xff);
}

const TEXT = 0x60;
const LIST = 0x80;
const MAP = 0xa0;

const text = (value: string): string => head(TEXT, value.length) + value;

const FORMS: Readonly<Record<Protocol, AnswerForm>> = {
  json: {
    begin: (failed) => `{"FailedRecordCount":${failed},"Records":[`,
    beforeShardId: '{"ShardId":"',
    beforeSequenceNumber: '","SequenceNumber":"',
    afterSequenceNumber: '"}',
    betweenEntries: ",",
    end: "]}",
  },
  cbor: {
    begin: (failed, entries) =>
      head(MAP, 2) + (text("FailedRecordCount") + head(0, failed)) + (text("Records") + head(LIST, entries)),
    // Every shard id has 20 characters, and every sequence number 56.
    beforeShardId: head(MAP, 2) + text("ShardId") + head(TEXT, 20),
    beforeSequenceNumber: text("SequenceNumber") + head(TEXT, 56),
    afterSequenceNumber: "",
    betweenEntries: "",
    end: "",
  },
};

/** Writes the answer of PutRecords entry by entry, as encoding the operation's output would. */
export class PutsAnswer {
  readonly #protocol: Protocol;
  readonly #form: AnswerForm;
  readonly #entries: number;
  #text = "";
  #failed = 0;

  constructor(protocol: Protocol, entries: number) {
    this.#protocol = protocol;
    this.#form = FORMS[protocol];
    this.#entries = entries;
  }

  stored(shardId: string, sequenceNumber: string): void {
    const { beforeShardId, beforeSequenceNumber, afterSequenceNumber } = this.#form;
    this.#next(beforeShardId + shardId + beforeSequenceNumber + sequenceNumber + afterSequenceNumber);
  }

  refused({ code, message }: EntryRefusal): void {
    this.#failed++;
    const entry = encodeBody({ ErrorCode: code, ErrorMessage: message }, this.#protocol);
    this.#next(Buffer.from(entry.buffer, entry.byteOffset, entry.length).toString("latin1"));
  }

  bytes(): Uint8Array {
    return Buffer.from(this.#form.begin(this.#failed, this.#entries) + this.#text + this.#form.end, "latin1");
  }

  #next(entry: string): void {
    this.#text += this.#text === "" ? entry : this.#form.betweenEntries + entry;
  }
}
