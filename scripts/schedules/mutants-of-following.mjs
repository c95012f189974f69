import { edit } from "./mutant.mjs";

const PATH = "test/unit/cli/put/follow/followed-path.test.ts";
const LOOP = "test/unit/cli/put/follow/follow.test.ts";
const APPENDER = "test/unit/cli/put/spool/line-appender.test.ts";

/**
 * Files that are followed: rotation, truncation, and what a position counts.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_FOLLOWING = [
  {
    name: "follow: the position counts lines before the spool has them",
    edits: [
      edit(
        "cli/put/follow/follow.ts",
        "    if (await take(batch, path)) batch.file.advance(batch);",
        "    batch.file.advance(batch);\n    await take(batch, path);",
      ),
    ],
    caughtBy: LOOP,
  },
  {
    name: "follow: a new file's ids are saved with its first position",
    edits: [
      edit(
        "cli/put/follow/follow.ts",
        "    if (paths.some(({ isChanged }) => isChanged)) await savePositions(parts, true, signal);\n",
        "",
      ),
    ],
    caughtBy: LOOP,
  },
  {
    name: "follow: a truncated file is read on where it was",
    edits: [
      edit(
        "cli/put/follow/log-file.ts",
        '    if (state.size < this.#position + this.#tooLongBytes) return "replaced";\n',
        "",
      ),
      edit("cli/put/follow/log-file.ts", '    if (!(await this.#hasHead())) return "replaced";\n', ""),
    ],
    caughtBy: PATH,
  },
  {
    name: "follow: the bytes before the position are not compared",
    edits: [edit("cli/put/follow/log-file.ts", "buffer.subarray(0, before).equals(this.#anchor) && ", "")],
    caughtBy: PATH,
  },
  {
    name: "follow: a file of an earlier run is known by its number alone",
    edits: [edit("cli/put/follow/log-file.ts", "if (!isThere || markOf(head, anchor) !== mark) return undefined;", "")],
    caughtBy: PATH,
  },
  {
    name: "follow: a file that was not read yet is known by its number alone",
    edits: [edit("cli/put/follow/followed-path.ts", "      await file.learnHead();\n", "")],
    caughtBy: PATH,
  },
  {
    name: "follow: the rest of a renamed file is not read",
    edits: [
      edit("cli/put/follow/followed-path.ts", "[...known.filter((held) => held !== here), ...missed]", "[...missed]"),
    ],
    caughtBy: PATH,
  },
  {
    name: "follow: a renamed file is left at its end at once",
    edits: [edit("cli/put/follow/followed-path.ts", "now - held.leftAt >= LATE_MS", "now >= held.leftAt")],
    caughtBy: PATH,
  },
  {
    name: "follow: files that were renamed between two looks are missed",
    edits: [edit("cli/put/follow/followed-path.ts", "return isRotated && !isKnown;", "return false;")],
    caughtBy: PATH,
  },
  {
    name: "follow: the copy of a truncated file is read as a separate file",
    edits: [edit("cli/put/follow/followed-path.ts", "    if (scan !== undefined) this.#seen = seenOf(scan);\n", "")],
    caughtBy: PATH,
  },
  {
    name: "put --spool: lines behind a refused one are not appended",
    edits: [edit("cli/put/spool/line-appender.ts", "start += index + 1;", "start = records.length;")],
    caughtBy: APPENDER,
  },
  {
    name: "put --spool: a line counts before its dead letter is on disk",
    edits: [
      edit(
        "cli/put/spool/line-appender.ts",
        "    if (hasLetters && !(await this.#untilKept(signal))) return false;\n",
        "",
      ),
    ],
    caughtBy: APPENDER,
  },
];
