/** Wire types of protobuf, the low three bits of a tag. Source: protobuf.dev, "Encoding". */
const WIRE = { varint: 0, fixed64: 1, lengthDelimited: 2, startGroup: 3, endGroup: 4, fixed32: 5 } as const;

/** Deepest nesting of messages and groups: the default of protobuf-java, which the KCL does not change. */
const MAX_DEPTH = 100;

/** Longest varint: 64 bits in groups of seven. */
const MAX_VARINT_BITS = 70;

/**
 * Reads protobuf exactly as protobuf-java does, with its leniencies and its refusals: a Kinesis record is an aggregate
 * only if the KCL can read it.
 *
 * A malformed message sets {@link failed} and ends every loop. Nothing throws, and each length is compared with the
 * available bytes before it is used.
 */
export class ProtoReader {
  readonly bytes: Uint8Array;
  /** The next byte. */
  at: number;
  /** End of the message being read; an inner message narrows it for a while. */
  end: number;
  /** The message is malformed: discard everything that was read. */
  failed = false;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  /**
   * The low 32 bits, signed, of a varint of up to ten bytes. Lengths and tags are 32-bit quantities to protobuf-java,
   * and the KCL casts indexes to `int`, so no reader of ours needs the upper bits.
   */
  varint(): number {
    const bytes = this.bytes;
    let at = this.at;
    let value = 0;
    for (let shift = 0; shift < MAX_VARINT_BITS; shift += 7) {
      if (at >= this.end) break;
      const byte = bytes[at++] as number;
      // A shift count is taken modulo 32: without the guard the sixth byte would land on the lowest bits.
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        this.at = at;
        return value;
      }
    }
    return this.fail();
  }

  /** The next tag, or 0 at the end of the message and after a failure. */
  tag(): number {
    if (this.failed || this.at >= this.end) return 0;
    const tag = this.varint();
    return tag >>> 3 === 0 ? this.fail() : tag;
  }

  /** The end of the length-delimited value that begins here, its length read; `at` is then its first byte. */
  valueEnd(): number {
    const length = this.varint();
    if (length < 0 || length > this.end - this.at) this.fail();
    return this.failed ? this.at : this.at + length;
  }

  /**
   * Skips the value of a field that is not known, or has another wire type than the known one.
   *
   * @param depth - messages and groups that are open around the field, the outermost message not counted
   */
  skip(tag: number, depth: number): void {
    switch (tag & 7) {
      case WIRE.varint:
        this.varint();
        return;
      case WIRE.fixed64:
        this.#skipBytes(8);
        return;
      case WIRE.lengthDelimited:
        this.at = this.valueEnd();
        return;
      case WIRE.startGroup:
        this.#skipGroup(tag >>> 3, depth);
        return;
      case WIRE.fixed32:
        this.#skipBytes(4);
        return;
      default:
        // The end of a group without a start, or wire type 6 or 7.
        this.fail();
    }
  }

  /** Marks the message as malformed. Always 0, so that it can stand for a value. */
  fail(): number {
    this.failed = true;
    return 0;
  }

  #skipBytes(count: number): void {
    if (count > this.end - this.at) this.fail();
    else this.at += count;
  }

  #skipGroup(fieldNumber: number, depth: number): void {
    if (depth >= MAX_DEPTH) {
      this.fail();
      return;
    }
    for (;;) {
      const tag = this.tag();
      if (tag === 0) {
        this.fail();
        return;
      }
      if ((tag & 7) === WIRE.endGroup) {
        if (tag >>> 3 !== fieldNumber) this.fail();
        return;
      }
      this.skip(tag, depth + 1);
    }
  }
}
