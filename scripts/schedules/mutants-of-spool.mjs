import { edit } from "./mutant.mjs";

const CAUGHT_BY = "test/unit/spool/spool.test.ts";

/**
 * The spool: what is acknowledged, what is saved, what is removed, and what is read again after a crash.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_SPOOL = [
  {
    name: "a dead letter shows the reader's memory",
    edits: [edit("spool/hand-over.ts", "Buffer.from(record.data as Uint8Array)", "record.data as Uint8Array")],
    caughtBy: CAUGHT_BY,
  },
  {
    name: "close() waits for letters that cannot be written",
    edits: [edit("spool/delivery.ts", "    this.#box.endPauses();\n", "")],
    caughtBy: CAUGHT_BY,
  },
  {
    name: "lost records keep their room",
    edits: [edit("spool/log-reader.ts", "if (this.lostRecords > before) this.#onLost(segment);", "")],
    caughtBy: CAUGHT_BY,
  },
  {
    name: "a file that is away for a while counts as lost",
    edits: [edit("spool/log-reader.ts", "segment.isSealed && (await this.#isRemoved(segment))", "segment.isSealed")],
    caughtBy: "test/unit/spool/log-reader.test.ts",
  },
  {
    name: "a file that somebody has removed holds up the others",
    edits: [edit("spool/log-reader.ts", "segment.isSealed && (await this.#isRemoved(segment))", "false")],
    caughtBy: "test/unit/spool/log-reader.test.ts",
  },
  {
    name: "an append is acknowledged before the disk has it",
    edits: [edit("spool/log-writer.ts", "      await file.sync();\n", "")],
    caughtBy: CAUGHT_BY,
  },
  {
    name: "an append is acknowledged before its segment has a name on disk",
    edits: [edit("spool/log-writer.ts", "if (!this.#open.isNamed) await files.syncNames();", "")],
    caughtBy: CAUGHT_BY,
  },
  {
    name: "a segment goes on after a sync that failed",
    edits: [edit("spool/log-writer.ts", "      await this.#abandon();\n", "")],
    caughtBy: CAUGHT_BY,
  },
  {
    name: "a group that failed is acknowledged",
    edits: [
      edit("spool/log-writer.ts", "this.#settle(line.written(), error);", "this.#settle(line.written(), undefined);"),
    ],
    caughtBy: CAUGHT_BY,
  },
  {
    name: "a record counts as delivered when the producer has it",
    edits: [
      edit(
        "spool/hand-over.ts",
        "      this.inFlight++;\n      segment.taken.add(index);\n",
        "      this.inFlight++;\n      segment.delivered.add(index);\n",
      ),
    ],
    caughtBy: CAUGHT_BY,
  },
  {
    name: "records that fail for a reason of the stream leave the spool",
    edits: [edit("spool/delivery.ts", "else this.#onTrouble(error.message);", "else this.#leave(number);")],
    caughtBy: CAUGHT_BY,
  },
  {
    name: "the delivery begins again while records are in flight",
    edits: [edit("spool/delivery.ts", "while (handOver.inFlight > 0 && !this.#isClosing) await this.#woken();", "")],
    caughtBy: CAUGHT_BY,
  },
  {
    name: "a refused record leaves the spool before its dead letter is on disk",
    edits: [
      edit(
        "spool/letter-box.ts",
        "if (!(await this.#areWritten())) break;",
        "for (const letter of letters) this.#parts.onKept(letter);\n      if (!(await this.#areWritten())) break;",
      ),
    ],
    caughtBy: CAUGHT_BY,
  },
  {
    name: "the checksum of a record is ignored",
    edits: [
      edit(
        "core/spool/frame-reader.ts",
        "return chunk.readUInt32LE(from) === crc32(chunk, from + 4, from + bytes, seedAt(this.#nonce, this.position));",
        "return true;",
      ),
    ],
    caughtBy: "test/unit/core/spool/frame-reader.test.ts",
  },
  {
    name: "a record of another place in the file passes",
    edits: [
      edit("core/spool/frame-writer.ts", "return (nonce + position) >>> 0;", "return (nonce + 0 * position) >>> 0;"),
    ],
    caughtBy: "test/unit/core/spool/frame-reader.test.ts",
  },
  {
    name: "the checksum of acknowledgements is ignored",
    edits: [
      edit(
        "core/spool/acknowledgements.ts",
        "if (file.readUInt32LE(at) !== crc32(file, at + 4, end, seedAt(nonce, at))) break;",
        "",
      ),
    ],
    caughtBy: "test/unit/core/spool/acknowledgements.test.ts",
  },
  {
    name: "acknowledgements of records that the disk has lost count",
    edits: [
      edit(
        "core/spool/backlog.ts",
        "const end = Math.min(from + length, segment.records);",
        "const end = from + length;",
      ),
    ],
    caughtBy: "test/unit/core/spool/backlog.test.ts",
  },
  {
    name: "a segment is removed before all its records are delivered",
    edits: [edit("core/spool/backlog.ts", "segment.isSealed && segment.isDelivered", "segment.isSealed")],
    caughtBy: "test/unit/core/spool/backlog.test.ts",
  },
  {
    name: "a segment is removed while records are added to it",
    edits: [edit("core/spool/backlog.ts", "segment.isSealed && segment.isDelivered", "segment.isDelivered")],
    caughtBy: "test/unit/core/spool/backlog.test.ts",
  },
  {
    name: "two saves run at a time",
    edits: [
      edit(
        "spool/checkpoints.ts",
        "segment twice.\n      this.#running ??= this.#run();",
        "segment twice.\n      this.#running = this.#run();",
      ),
    ],
    caughtBy: CAUGHT_BY,
  },
  {
    name: "deliveries are not saved",
    edits: [edit("spool/checkpoints.ts", "await saved.file.write(entry, segment.savedBytes);", "")],
    caughtBy: CAUGHT_BY,
  },
  {
    name: "records behind a gap get other ids",
    edits: [
      edit("core/spool/frame-reader.ts", "this.index = uint32At(chunk, from + 8);", "this.index = this.nextIndex;"),
    ],
    caughtBy: "test/unit/core/spool/frame-reader.test.ts",
  },
  {
    name: "an append overtakes those that wait for room",
    edits: [
      edit(
        "core/spool/commit-line.ts",
        "if (this.#waiting.length === 0 && this.#hasRoom(frames.length, usedBytes)) {",
        "if (this.#hasRoom(frames.length, usedBytes)) {",
      ),
    ],
    caughtBy: "test/unit/core/spool/commit-line.test.ts",
  },
  {
    name: "delivered records keep their room",
    edits: [
      edit("spool/spool.ts", 'if (offer === "waits") this.#makeRoom();', ""),
      edit("spool/spool.ts", "if (this.#line.waiting > 0 && segment.isDelivered) this.#makeRoom();", ""),
    ],
    caughtBy: CAUGHT_BY,
  },
  {
    name: "a segment of another version is read",
    edits: [edit("core/spool/segment-header.ts", "  if (version !== SPOOL_VERSION) return version;\n", "")],
    caughtBy: "test/unit/core/spool/segment-header.test.ts",
  },
  {
    name: "damage at the end of what was written stops the delivery",
    edits: [
      edit("spool/log-reader.ts", "return isShort || frames", "return isShort || (segment.isSealed && true) && frames"),
    ],
    caughtBy: CAUGHT_BY,
  },
  {
    name: "both places of a spool offer a record",
    edits: [edit("spool/two-places.ts", "      if (!reader.segment.isUntaken(reader.index)) continue;\n", "")],
    caughtBy: "test/unit/spool/two-places.test.ts",
  },
  {
    name: "a record that was passed over is forgotten",
    edits: [
      edit(
        "spool/two-places.ts",
        "  #passOver(reader: LogReader): void {\n    this.#hasOlder = true;\n",
        "  #passOver(reader: LogReader): void {\n",
      ),
    ],
    caughtBy: "test/unit/spool/two-places.test.ts",
  },
  {
    name: "the place of new records waits for a shard",
    edits: [edit("spool/two-places.ts", "while (outlet.isFull(reader.recordBytes)) {", "for (;;) {")],
    caughtBy: "test/unit/spool/two-places.test.ts",
  },
  {
    name: "records that the producer gave back are not read again",
    edits: [edit("spool/delivery.ts", "    backlog.takeBack();\n", "")],
    caughtBy: CAUGHT_BY,
  },
  {
    name: "a stretch of the log is not checked",
    edits: [edit("core/spool/stretches.ts", " && crc32(bytes) === this.#crcs[place]", "")],
    caughtBy: "test/unit/core/spool/stretches.test.ts",
  },
  {
    name: "a gap in the log is a part of a stretch",
    edits: [edit("core/spool/stretches.ts", "if (position !== this.#end) {", "if (position < 0) {")],
    caughtBy: "test/unit/core/spool/stretches.test.ts",
  },
  {
    name: "a removed file takes appends",
    edits: [edit("spool/log-writer.ts", "if (!hasName) throw this.#onRemoved(this.#open);", "")],
    caughtBy: "test/unit/spool/log-writer.test.ts",
  },
  {
    name: "a removed file is closed with its records",
    edits: [edit("spool/log-writer.ts", "    this.#parts.files.keep(name, file);\n", "")],
    caughtBy: "test/unit/spool/log-writer.test.ts",
  },
  {
    name: "a kept file is left to the garbage collector",
    edits: [
      edit("spool/directory-files.ts", "if (this.#isGivenUp && this.#users === 0) await this.#file.close();", ""),
    ],
    caughtBy: "test/unit/spool/directory-files.test.ts",
  },
  {
    name: "a kept file is closed under its readers",
    edits: [edit("spool/directory-files.ts", "if (this.#isGivenUp && this.#users === 0)", "if (this.#isGivenUp)")],
    caughtBy: "test/unit/spool/directory-files.test.ts",
  },
  {
    name: "the room of the producer does not shrink with the records that it gets",
    edits: [edit("spool/producer-outlet.ts", "    this.#roomBytes -= bytes + MORE_BYTES;\n", "")],
    caughtBy: "test/unit/spool/producer-outlet.test.ts",
  },
];
