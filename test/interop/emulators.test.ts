import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { KinesisEndpoint } from "../support/kinesis-endpoint.js";
import { BATTERY } from "./support/battery.js";
import { conformanceTable } from "./support/conformance-table.js";
import { SERVERS } from "./support/emulators.js";

const DOCUMENT = fileURLToPath(new URL("../../docs/conformance.md", import.meta.url));

/** The answers of a server, in the order of the questions. An error of a question counts as an answer. */
async function answersOf(start: (typeof SERVERS)[string]): Promise<string[]> {
  const server = await start();
  try {
    const kinesis = new KinesisEndpoint(server.url);
    const answers: string[] = [];
    for (const [i, { ask }] of BATTERY.entries()) {
      answers.push(await ask(kinesis, `stream-${i}`).catch((error: unknown) => `failed: ${String(error)}`));
    }
    return answers;
  } finally {
    await server.stop();
  }
}

it("LocalKinesis, kinesalite and kinesis-local answer the battery as docs/conformance.md says", async () => {
  const names = Object.keys(SERVERS);
  const all = await Promise.all(Object.values(SERVERS).map(answersOf));
  const answers = Object.fromEntries(names.map((name, i) => [name, all[i] ?? []]));

  const deviations = BATTERY.filter(({ expected }, i) => answers.LocalKinesis?.[i] !== expected);
  expect(deviations.map(({ asked }) => asked)).toEqual([]);
  await expect(conformanceTable(BATTERY, answers)).toMatchFileSnapshot(DOCUMENT);
});
