import { readdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RunResult } from "../../examples/game-pipeline/describe-account.js";
import { type BuiltGame, buildGame, type GameRun } from "../integration/built-example.js";
import { BUILD_TIMEOUT_MS } from "../integration/built-package.js";

let game: BuiltGame;

beforeAll(async () => {
  game = await buildGame("game-pipeline");
}, 2 * BUILD_TIMEOUT_MS);

afterAll(() => game?.[Symbol.dispose]());

/** Waits until the example has written this to its standard error. */
function said(run: GameRun, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve) => {
    let text = "";
    run.child.stderr?.on("data", (chunk: string) => {
      text += chunk;
      const found = pattern.exec(text);
      if (found !== null) resolve(found);
    });
  });
}

it("names every event of a day with lost answers, a split, a merge and a killed server", {
  timeout: 60_000,
}, async () => {
  const run = game.start("--seconds", "12", "--json");

  const { code, stdout, stderr } = await run.ended;

  const { account, bills } = JSON.parse(stdout) as RunResult;
  expect({ ...account, named: [], duplicates: [] }).toMatchObject({ missing: [], contradictions: [], isClosed: true });
  expect(code).toBe(0);
  const named = account.named.reduce((sum, { ids }) => sum + ids.length, 0);
  expect(account.inFiles + account.dropped + named).toBe(account.put);
  expect([account.put > 5_000, account.inFiles > 1_000, account.dropped > account.inFiles]).toEqual([true, true, true]);
  // Nothing is lost but in the process that was killed, whose losses have no acknowledgement.
  const [killed, ...others] = account.killed;
  expect([others, stderr.match(/kill -9/g)]).toEqual([[], ["kill -9"]]);
  expect(named).toBe((killed?.unacknowledged ?? 0) - (killed?.found ?? 0));
  for (const { by, why } of account.named) expect([by, why]).toEqual([killed?.name, "unknown: in the killed process"]);
  expect(account.duplicates.unexplained).toEqual([]);
  expect(account.duplicates.explained.map(({ why }) => why)).toEqual(
    expect.arrayContaining([
      "sent again after ECONNRESET",
      "an invocation of the filter failed, and its batch came again",
    ]),
  );
  expect(bills.oneByOne.onDemand).toBeGreaterThan(2 * bills.events.onDemand);
  const files = readdirSync(join(run.out, "bucket"), { recursive: true, withFileTypes: true });
  expect(files.filter((entry) => entry.isFile())).toHaveLength(account.files);
});

it("ends with 1 when a server dies that nobody ended", { timeout: 60_000 }, async () => {
  const run = game.start("--seconds", "8", "--rate", "500", "--calm", "--json");
  const [, pid] = await said(run, /server-1 starts, process (\d+)/);
  process.kill(Number(pid), "SIGKILL");

  const { code, stdout } = await run.ended;

  const { account } = JSON.parse(stdout) as RunResult;
  expect([code, account.isClosed]).toEqual([1, false]);
  expect(account.contradictions).toContain("server-1 crashed");
});

it("Ctrl-C ends the day early, and the account of it closes", { timeout: 60_000 }, async () => {
  const run = game.start("--seconds", "40", "--json");
  await said(run, /server-2 starts/);
  run.child.kill("SIGINT");

  const { code, stdout, stderr } = await run.ended;

  const { account } = JSON.parse(stdout) as RunResult;
  expect([code, account.isClosed, account.servers, account.put > 0]).toEqual([0, true, 2, true]);
  expect([account.named, account.killed]).toEqual([[], []]);
  expect(stderr).toContain("server-2 has ended");
});

it.each([
  [["--seconds", "7"], '--seconds must be a whole number from 8 to 3,600, got "7"'],
  [["--servers", "2"], '--servers must be a whole number from 3 to 8, got "2"'],
])("refuses %j", async (args, problem) => {
  const { code, stdout, stderr } = await game.start(...args).ended;

  expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: "", stderr: `${problem}\n` });
});

it("refuses a folder that has files", async () => {
  const { code, stderr } = await game.start("--out", "examples").ended;

  expect({ code, stderr }).toEqual({ code: 1, stderr: "--out must be a new or empty folder, got examples\n" });
});
