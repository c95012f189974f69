import type { ProducerOptions } from "../../index.js";

/**
 * A program that makes a producer with these options.
 *
 * @param comments - notes by the name of an option, written above it
 */
export function programText(options: ProducerOptions, comments: ReadonlyMap<string, string>): string {
  return [
    'import { KinesisProducer } from "kinesis-producer";',
    "",
    "const producer = new KinesisProducer({",
    '  streamName: "…", // each call of the KPL names its stream',
    ...Object.entries(options).flatMap(([name, value]) => {
      const comment = comments.get(name);
      return [...(comment === undefined ? [] : [`  // ${comment}`]), `  ${name}: ${code(value, "  ")},`];
    }),
    "});",
  ].join("\n");
}

function code(value: unknown, indent: string): string {
  if (typeof value !== "object" || value === null)
    return typeof value === "string" ? JSON.stringify(value) : String(value);
  const lines = Object.entries(value).map(([name, inner]) => {
    // The output may be kept in a file or a log.
    const shown = name === "password" ? "process.env.PROXY_PASSWORD" : code(inner, `${indent}  `);
    return `${indent}  ${name}: ${shown},`;
  });
  return ["{", ...lines, `${indent}}`].join("\n");
}
