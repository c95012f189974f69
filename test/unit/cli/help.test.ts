import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../../src/cli/commands.js";
import { runLine } from "./recorded-terminal.js";

describe("the help", () => {
  it.each<[string, string[]]>([
    ["kinesis-producer", []],
    ...COMMANDS.map(({ name }): [string, string[]] => [name, [name]]),
  ])("of %s has no line of more than 80 characters", async (_, command) => {
    const { out } = await runLine([...command, "--help"]);

    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("shows every option of every command in order, with its whole meaning", async () => {
    for (const { name, options } of COMMANDS) {
      const { out } = await runLine([name, "--help"]);

      const words = out.replaceAll(/\s+/g, " ");
      let at = -1;
      for (const [option, { meaning }] of Object.entries(options)) {
        const found = words.indexOf(` --${option} `, at + 1);
        expect(found, `${name} --${option}`).toBeGreaterThan(at);
        expect(words.indexOf(meaning, found), `${name} --${option}`).toBeGreaterThan(found);
        at = found;
      }
    }
  });
});
