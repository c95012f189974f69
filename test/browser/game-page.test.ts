import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type BuiltGame, buildGame, type GameRun } from "../integration/built-example.js";
import { BUILD_TIMEOUT_MS } from "../integration/built-package.js";
import { type BrowserPage, Chromium, chromiumPath, type Look } from "./chromium.js";

const LOOKS: readonly Look[] = [
  { width: 1280, scheme: "light" },
  { width: 1280, scheme: "dark" },
  { width: 375, scheme: "dark" },
];
/** Pages of which pictures are taken. */
const PICTURES = process.env.KP_PICTURES;

let game: BuiltGame;
let run: GameRun;
let url: string;
let browser: Chromium;

beforeAll(async () => {
  // A missing browser is the first error.
  chromiumPath();
  game = await buildGame("game-page");
  browser = new Chromium();
  // The browser is up before the day begins.
  await browser.page();
  run = game.start("--seconds", "12", "--stay", "--json");
  url = await run.page;
}, 2 * BUILD_TIMEOUT_MS);

afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  run?.child.kill("SIGINT");
  await run?.ended;
  game?.[Symbol.dispose]();
});

async function opened(look: Look): Promise<BrowserPage> {
  const page = await browser.page();
  await page.look(look);
  await page.open(url);
  return page;
}

/** Waits in the page until the expression is true. */
function until(page: BrowserPage, expression: string): Promise<void> {
  const script = `new Promise((resolve) => {
    const look = () => { if (${expression}) resolve(); else requestAnimationFrame(look); };
    look();
  })`;
  return page.evaluate(script);
}

async function picture(page: BrowserPage, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  writeFileSync(join(PICTURES, `${name}.png`), await page.screenshot());
}

/** Errors, and requests to anywhere else than the server of the page. */
function problemsOf(page: BrowserPage): string[] {
  return page.problems.filter((problem) => !problem.startsWith(`request: ${url}`));
}

const MARKS = `Object.fromEntries([...document.querySelectorAll("#plots figure")].map((figure) =>
  [figure.id, figure.querySelectorAll("svg .mark").length]))`;
const texts = (selector: string): string =>
  `[...document.querySelectorAll(${JSON.stringify(selector)})].map((element) => element.textContent)`;

it("moves while the day runs: events, shards, servers, lag and the bill", async () => {
  const page = await opened({ width: 1280, scheme: "light" });
  await until(page, `document.querySelectorAll("#servers .life").length >= 2`);
  const marks = await page.evaluate<Record<string, number>>(MARKS);
  const before = await page.evaluate<string[]>(texts("#way small"));

  await until(page, `JSON.stringify(${texts("#way small")}) !== ${JSON.stringify(JSON.stringify(before))}`);

  expect(marks).toMatchObject({ throughput: 4, lag: 2 });
  expect([(marks.servers ?? 0) >= 2, (marks.shards ?? 0) >= 2]).toEqual([true, true]);
  expect(await page.evaluate(texts("#way h2"))).toEqual(["Game servers", "Stream", "Premium filter", "Files", "Bill"]);
  expect((await page.evaluate<string[]>(texts("#way strong")))[4]).toMatch(/^\$\d+\.\d\d$/);
  await picture(page, "game-running-light");
  expect(problemsOf(page)).toEqual([]);
});

it("shows the account at the end, to the page that was open and to one that comes later", async () => {
  const open = await opened({ width: 1280, scheme: "light" });
  await until(open, `!document.getElementById("end").hidden`);

  const late = await opened({ width: 1280, scheme: "dark" });
  await until(late, `!document.getElementById("end").hidden`);

  const verdict = "The account closes: every event is in a file, dropped by the filter, or named.";
  for (const page of [open, late]) {
    expect(await page.evaluate(texts("#verdict"))).toEqual([verdict]);
    expect(await page.evaluate(texts("#servers .killed"))).toHaveLength(1);
    // The shard that was split, its children, the child of the merge, and the other one.
    expect(await page.evaluate<string[]>(texts("#shards svg .end"))).toEqual(expect.arrayContaining(["shard 4"]));
    expect(problemsOf(page)).toEqual([]);
  }
  const rows = await late.evaluate<string[]>(texts("#end th"));
  expect(rows.slice(0, 4)).toEqual(["events put", "in files", "dropped by the filter", "named"]);
});

it.each(LOOKS)("at $width pixels, $scheme, is no wider than the window, in the colours of the scheme", async (look) => {
  const page = await opened(look);
  await until(page, `!document.getElementById("end").hidden`);
  await picture(page, `game-end-${look.width}-${look.scheme}`);

  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(look.width);
  const ground = await page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
  const brightness = (ground.match(/\d+/g) ?? []).reduce((sum, part) => sum + Number(part), 0);
  expect(brightness > 600).toBe(look.scheme === "light");
});
