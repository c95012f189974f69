/** JSON texts that no field accepts. */
export const HOSTILE_TEXTS: readonly string[] = [
  ...["null", "true", "0", "-1", "-0", "1.5", "1e308", "1e999", "-1e999", "9007199254740993", "1".repeat(400)],
  ...[
    '""',
    '" "',
    '"\\u0000"',
    '"\\ud83d"',
    '"\\udc00x"',
    '"__proto__"',
    '"constructor"',
    '"../.."',
    '"eHl6=="',
    '"e"',
    '"*"',
  ],
  ...["[]", "[[]]", "[null]", "[1]", '[""]', "{}", '{"a":null}', '{"__proto__":{"a":1}}', '{"toString":1,"length":3}'],
  `"${"x".repeat(300)}"`,
  `"${"7".repeat(130)}"`,
  `"arn:aws${":kinesis:".repeat(20_000)}"`,
  `${"[".repeat(20_000)}${"]".repeat(20_000)}`,
  `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`,
];

/** The place of a value in an input: names and indices. */
export type Path = readonly (string | number)[];

/** Every place in a value, including the whole value. */
export function* placesIn(value: unknown, path: Path = []): Iterable<Path> {
  yield path;
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) yield* placesIn(inner, [...path, key]);
}

/** The JSON text of a value with another text at one place. Undefined removes the place. */
export function textWith(value: unknown, path: Path, text: string | undefined): string {
  const [first, ...rest] = path;
  if (first === undefined) return text ?? "";
  if (Array.isArray(value)) {
    const items = value.map((item, index) =>
      String(index) === first ? textWith(item, rest, text) : JSON.stringify(item),
    );
    return `[${items.filter((item) => item !== "").join(",")}]`;
  }
  const members = Object.entries(value as object).map(([name, inner]) => {
    const told = name === first ? textWith(inner, rest, text) : JSON.stringify(inner);
    return told === "" ? "" : `${JSON.stringify(name)}:${told}`;
  });
  return `{${members.filter((member) => member !== "").join(",")}}`;
}
