import { edit } from "./mutant.mjs";

const CAUGHT_BY_SIGNALS = "test/unit/edge/closing-signals.test.ts";
const CAUGHT_BY_LETTERS = "test/unit/edge/dead-letter-file.test.ts";

/**
 * The end of the process, and files on disk.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_ENDING = [
  {
    name: "the first producer that is closed ends the process",
    edits: [
      edit(
        "edge/closing-signals.ts",
        "      await Promise.all([...this.#members]",
        "      await Promise.race([...this.#members]",
      ),
    ],
    caughtBy: CAUGHT_BY_SIGNALS,
  },
  {
    name: "the application's once listener is overlooked: it is already removed",
    edits: [edit("edge/closing-signals.ts", "this.#leftInThisTurn.has(signal) || ", "")],
    caughtBy: CAUGHT_BY_SIGNALS,
  },
  {
    name: "dead letters are closed before the producers whose failures they keep",
    edits: [edit("edge/closing-signals.ts", "const rank = Math.min(", "const rank = Math.max(")],
    caughtBy: CAUGHT_BY_SIGNALS,
  },
  {
    name: "two copies of the package have a handler each",
    edits: [edit("edge/closing-signals.ts", "Symbol.for(", "Symbol(")],
    caughtBy: CAUGHT_BY_SIGNALS,
  },
  {
    name: "two processes that look before they set their marks both own a directory",
    edits: [
      edit(
        "locks/directory-lock.ts",
        `      const mark = await LifeMark.set(path, name);
      const other = await findOther(path, name);
`,
        `      const other = await findOther(path, name);
      const mark = await LifeMark.set(path, name);
`,
      ),
    ],
    caughtBy: "test/unit/locks/directory-lock.test.ts",
  },
  {
    name: "a lock is identified by the number of its process",
    edits: [
      edit(
        "locks/directory-lock.ts",
        "if (await isAlive(directory, name)) return name;",
        "if (Number(NAME.exec(name)?.[1]) !== process.pid && (await isAlive(directory, name))) return name;",
      ),
    ],
    caughtBy: "test/unit/locks/directory-lock.test.ts",
  },
  {
    name: "a long path of a lock is cut off",
    edits: [edit("locks/socket-address.ts", "<= MAX_PATH_BYTES", "<= MAX_PATH_BYTES * 100")],
    caughtBy: "test/unit/locks/directory-lock.test.ts",
  },
  {
    name: "dead letters: an object that cannot be read throws",
    edits: [
      edit(
        "edge/dead-letters.ts",
        `  try {
    return (record as Record<string, unknown> | null | undefined)?.[name];
  } catch {
    return undefined;
  }`,
        "  return (record as Record<string, unknown>)[name];",
      ),
    ],
    caughtBy: CAUGHT_BY_LETTERS,
  },
  {
    name: "dead letters: a damaged line becomes another record",
    edits: [
      edit("edge/dead-letters.ts", "bytesOfBase64(fields.data)", 'Buffer.from(fields.data, "base64")'),
      edit(
        "edge/dead-letters.ts",
        'if (typeof text !== "string") return undefined;',
        'if (typeof text !== "string") continue;',
      ),
    ],
    caughtBy: "test/unit/edge/dead-letter-segments.test.ts",
  },
  {
    name: "dead letters: a key that is no UTF-8 becomes another",
    edits: [edit("edge/dead-letters.ts", "  if (!isUtf8(line)) return undefined;\n", "  isUtf8(line);\n")],
    caughtBy: "test/unit/edge/dead-letter-segments.test.ts",
  },
  {
    name: "dead letters: all failures of a turn are one write",
    edits: [edit("edge/dead-letter-file.ts", "if (count > 0 && bytes > maxBytes) break;", "")],
    caughtBy: CAUGHT_BY_LETTERS,
  },
  {
    name: "dead letters: the directory is measured at the start alone",
    edits: [edit("edge/dead-letter-file.ts", "      this.#room.measureIfChanged(this.#writer.open?.path);\n", "")],
    caughtBy: CAUGHT_BY_LETTERS,
  },
  {
    name: "dead letters: a name that is taken loses the records",
    edits: [
      edit("edge/segment-writer.ts", 'randomBytes(8).toString("hex")', '"0123456789abcdef"'),
      edit("edge/segment-writer.ts", '=== "EEXIST" && tries', '=== "none" && tries'),
    ],
    caughtBy: CAUGHT_BY_LETTERS,
  },
  {
    name: "dead letters: lines that cannot be written are forgotten",
    edits: [
      edit(
        "edge/dead-letter-file.ts",
        "    this.#failure = error;\n",
        "    this.#failure = error;\n    this.#lines = [];\n",
      ),
    ],
    caughtBy: CAUGHT_BY_LETTERS,
  },
  {
    name: "dead letters: a full disk leaves empty segments",
    edits: [edit("edge/segment-writer.ts", "      await unlink(segment.path);\n", "")],
    caughtBy: "test/unit/edge/segment-writer.test.ts",
  },
  {
    name: "dead letters: a replay takes a line that is too long into memory",
    edits: [edit("edge/dead-letter-segments.ts", "  if (end - start > MAX_LINE_BYTES) {", "  if (end < start) {")],
    caughtBy: "test/unit/edge/dead-letter-segments.test.ts",
  },
  {
    name: "dead letters: a replay sends letters with an ARN by name",
    edits: [edit("cli/put/record-router.ts", "if (streamArn === undefined ||", "if (streamArn !== null ||")],
    caughtBy: "test/unit/cli/put/put-dead-letters.test.ts",
  },
  {
    name: "the stream used last is found although it was forgotten",
    edits: [
      edit(
        "pipeline/streams.ts",
        "    this.#latest = this.#streams.get(ref.streamName) ?? this.#openNew(ref);\n    return this.#latest;",
        "    const found = this.#streams.get(ref.streamName) ?? this.#openNew(ref);\n    this.#latest ??= found;\n    return found;",
      ),
    ],
    caughtBy: "test/unit/pipeline/close.test.ts",
  },
];
