import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { SECTIONS } from "../../scripts/site-sections.mjs";
import { BUILD_TIMEOUT_MS } from "../integration/built-package.js";
import { type BrowserPage, Chromium, chromiumPath, type Look } from "./chromium.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Pages of which pictures are taken. */
const PICTURES = process.env.KP_PICTURES;

let browser: Chromium;

beforeAll(async () => {
  chromiumPath();
  // It fails when a link leads nowhere.
  await promisify(execFile)(process.execPath, [join(ROOT, "scripts/site.mjs")]);
  browser = new Chromium();
}, BUILD_TIMEOUT_MS);

afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
});

async function opened(file: string, look: Look): Promise<BrowserPage> {
  const page = await browser.page();
  await page.look(look);
  await page.open(pathToFileURL(join(ROOT, "build/site", file)).href);
  return page;
}

async function picture(page: BrowserPage, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  writeFileSync(join(PICTURES, `site-${name}.png`), await page.view());
}

/** In the page: waits until the condition holds, 10 s at most. */
const until = (condition: string): string =>
  `new Promise((resolve) => { const end = Date.now() + 10_000; const look = () =>
    (${condition}) || Date.now() > end ? resolve(${condition}) : setTimeout(look, 20); look(); })`;

it("the first page is the README, with the sections in the order of a reader's questions", async () => {
  const page = await opened("index.html", { width: 1280, scheme: "light" });
  const groups = `[...document.querySelectorAll(".tsd-navigation summary")].map((element) => element.textContent.trim())`;
  await page.evaluate(until(`${groups}.length > 5`));

  expect(await page.evaluate<string>(`document.querySelector("h1").textContent`)).toContain("kinesis-producer");
  const titles = await page.evaluate<string[]>(groups);
  expect(titles.filter((title) => SECTIONS.some((section) => section.title === title))).toEqual(
    SECTIONS.map(({ title }) => title),
  );
  await picture(page, "first-light");
  // A browser refuses icons of another file below file:, and the script of the site then puts them into the page.
  expect(page.problems.filter((problem) => !/^request: file:|icons\.svg/.test(problem))).toEqual([]);
});

it("a search without a network finds an option and a page", async () => {
  const page = await opened("index.html", { width: 1280, scheme: "light" });
  await page.evaluate(`document.querySelector("#tsd-search-trigger").click()`);
  const found = async (words: string): Promise<string> => {
    await page.evaluate(`(() => { const input = document.querySelector("#tsd-search-input");
      input.value = ${JSON.stringify(words)}; input.dispatchEvent(new Event("input", { bubbles: true })); })()`);
    const results = `document.querySelector("#tsd-search-results").textContent`;
    await page.evaluate(until(`${results}.includes(${JSON.stringify(words)})`));
    return page.evaluate<string>(results);
  };

  expect(await found("recordTtlMs")).toContain("kinesis-producer.ProducerOptions.recordTtlMs");
  expect(await found("Dead letters")).toContain("Dead letters");
  await picture(page, "search");
});

it("follows the browser's choice of dark and light", async () => {
  const brightness = async (scheme: Look["scheme"]): Promise<number> => {
    const page = await opened("index.html", { width: 1280, scheme });
    const colour = await page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    await picture(page, `body-${scheme}`);
    return (colour.match(/\d+/g) ?? []).slice(0, 3).reduce((sum, part) => sum + Number(part), 0);
  };

  expect(await brightness("light")).toBeGreaterThan(650);
  expect(await brightness("dark")).toBeLessThan(150);
});
