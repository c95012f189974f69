export const COMMANDS = "commands";

/** A document that must pass. */
export const COMMANDS_THAT_ARE_THERE = {
  file: "docs/planted-legal.md",
  text: "`npm run bench`, `npm run bench\nmicro -- decoder` and `npm run check types lint` pass; `npm run build` does too.\n",
};

/**
 * Commands that a document names and that are not there.
 *
 * @returns {import("./planted-violations.mjs").Plant[]}
 */
export function commandPlants() {
  const named = [
    ["`npm run nothing`", "there is no npm script nothing"],
    ["`npm run\nbench:compare -- kpl`", "there is no npm script bench:compare"],
    ["`npm run bench nothing`", "there is no bench nothing"],
    ["`npm run bench -- decoder`", "options of a bench come after its name"],
    ["`npm run check types nothing`", "there is no step of npm run check nothing"],
    ["`node scripts/nothing.mjs`", "there is no scripts/nothing.mjs"],
  ];
  return named.map(([text = "", reason = ""], index) => ({
    file: `docs/planted-command-${index}.md`,
    text: `Measured by ${text}.\n`,
    rule: COMMANDS,
    reason,
  }));
}
