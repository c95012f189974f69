/** One part of a pattern: the number or text that it makes of a moment. */
type Part = (moment: Date) => string;

/** The letters that are understood, each with the longest run of it. */
const FIELDS: Readonly<Record<string, { readonly longest: number; readonly of: (moment: Date) => number }>> = {
  y: { longest: 4, of: (moment) => moment.getUTCFullYear() },
  u: { longest: 4, of: (moment) => moment.getUTCFullYear() },
  M: { longest: 2, of: (moment) => moment.getUTCMonth() + 1 },
  d: { longest: 2, of: (moment) => moment.getUTCDate() },
  D: { longest: 3, of: dayOfYear },
  H: { longest: 2, of: (moment) => moment.getUTCHours() },
  m: { longest: 2, of: (moment) => moment.getUTCMinutes() },
  s: { longest: 2, of: (moment) => moment.getUTCSeconds() },
};

const DAY_MS = 86_400_000;

/** Why a pattern cannot be used; the caller knows where the pattern is from. */
export class PatternProblem extends Error {}

/**
 * A pattern of Java's DateTimeFormatter, as far as the keys of objects need it: `y u M d D H m s`, in UTC. Text between single
 * quotes is literal, and so is every character that is not a letter; two single quotes are one.
 *
 * @throws PatternProblem for another letter, a run of letters that is too long, or a quote that does not end
 */
export function timestampPattern(pattern: string): (moment: Date) => string {
  const parts: Part[] = [];
  for (let at = 0; at < pattern.length; ) {
    const letter = pattern[at] as string;
    const run = letter === "'" ? quoted(pattern, at) : runOf(pattern, at);
    parts.push(partFor(letter, run));
    at += run.length;
  }
  return (moment) => parts.map((part) => part(moment)).join("");
}

/** The quoted text from `at` on, with both quotes. */
function quoted(pattern: string, at: number): string {
  const end = pattern.indexOf("'", at + 1);
  if (end === -1) throw new PatternProblem(`has a single quote that does not end: ${pattern.slice(at)}`);
  return pattern.slice(at, end + 1);
}

function runOf(pattern: string, at: number): string {
  let end = at + 1;
  while (pattern[end] === pattern[at]) end++;
  return pattern.slice(at, end);
}

function partFor(letter: string, run: string): Part {
  if (letter === "'") {
    const text = run === "''" ? "'" : run.slice(1, -1);
    return () => text;
  }
  if (!/[A-Za-z]/.test(letter)) return () => run;
  const field = FIELDS[letter];
  if (field === undefined) throw new PatternProblem(`has the letter ${letter}${meant(letter)}`);
  if (run.length > field.longest) {
    throw new PatternProblem(`has ${run.length} times ${letter}: at most ${field.longest} are supported`);
  }
  return (moment) => digits(field.of(moment), letter, run.length);
}

function meant(letter: string): string {
  if (letter === "Y") return ", the year of weeks: write yyyy for the year";
  return `: supported are ${Object.keys(FIELDS).join(" ")}, and text between single quotes`;
}

/** `yy` is the year of the century. */
function digits(value: number, letter: string, width: number): string {
  const isShortYear = (letter === "y" || letter === "u") && width === 2;
  return String(isShortYear ? value % 100 : value).padStart(width, "0");
}

function dayOfYear(moment: Date): number {
  const newYear = Date.UTC(moment.getUTCFullYear(), 0, 1);
  return Math.floor((moment.getTime() - newYear) / DAY_MS) + 1;
}
