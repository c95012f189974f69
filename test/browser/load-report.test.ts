import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dollars, milliseconds, whole } from "../../src/cli/load/page/format.js";
import type { LoadResult, ReportData } from "../../src/cli/load/report/report-data.js";
import { BUILD_TIMEOUT_MS, type BuiltPackage, buildPackage } from "../integration/built-package.js";
import { type BrowserPage, Chromium, chromiumPath, type Look } from "./chromium.js";

const LOOKS: readonly Look[] = [
  { width: 1280, scheme: "light" },
  { width: 1280, scheme: "dark" },
  { width: 375, scheme: "light" },
  { width: 375, scheme: "dark" },
];
/** Pages of which pictures are taken; the folder is printed. */
const PICTURES = process.env.KP_PICTURES;

let built: BuiltPackage;
let folder: string;
let browser: Chromium;

beforeAll(async () => {
  // A missing browser is the first error.
  chromiumPath();
  built = await buildPackage("load-report");
  folder = mkdtempSync(join(tmpdir(), "load-report-"));
  browser = new Chromium();
}, BUILD_TIMEOUT_MS);

afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  built?.[Symbol.dispose]();
  if (folder !== undefined) rmSync(folder, { recursive: true });
});

/** Runs a load that writes a page; resolves with its JSON, whatever its exit status. */
function load(file: string, ...args: string[]): Promise<LoadResult> {
  const command = [join(built.folder, "cli", "main.js"), "load", ...args, "--json", "--report", file];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, command, { env: { ...process.env, NODE_NO_WARNINGS: "1" } }, (_, out, err) => {
      if (out === "") reject(new Error(err));
      else resolve(JSON.parse(out) as LoadResult);
    });
  });
}

async function opened(file: string, look: Look): Promise<BrowserPage> {
  const page = await browser.page();
  await page.look(look);
  await page.open(pathToFileURL(file).href);
  if (PICTURES !== undefined) {
    mkdirSync(PICTURES, { recursive: true });
    writeFileSync(join(PICTURES, `${look.width}-${look.scheme}.png`), await page.screenshot());
  }
  return page;
}

/** Runs in the page: the number of marks in each figure, and figures without room. */
const MARKS = `Object.fromEntries([...document.querySelectorAll("figure")].map((figure) =>
  [figure.id, [...figure.querySelectorAll("svg .mark")].filter((mark) => mark.getBBox().width > 0).length]))`;
const TEXTS = (selector: string): string =>
  `[...document.querySelectorAll(${JSON.stringify(selector)})].map((element) => element.textContent)`;

describe("a page of several modes", () => {
  let file: string;
  let result: LoadResult;

  beforeAll(async () => {
    file = join(folder, "modes.html");
    const shape = [
      "--modes",
      "aggregated,raw,ordered",
      "--rate",
      "300..2500",
      "--arrivals",
      "poisson",
      "--duration",
      "3s",
    ];
    const service = [
      "--limits",
      "--shards",
      "2",
      "--at",
      "1s..2s PutRecords throttle-entry p=0.5",
      "--at",
      "1500ms split",
    ];
    result = await load(file, ...shape, ...service);
  });

  it.each(LOOKS)("at $width pixels, $scheme, draws every plot, without an error or a request", async (look) => {
    const page = await opened(file, look);

    expect(page.problems).toEqual([]);
    const marks = await page.evaluate<Record<string, number>>(MARKS);
    expect(Object.keys(marks)).toEqual([
      ...["throughput", "latency", "distribution", "bill", "shards-0", "shards-1", "shards-2", "throttles", "buffer"],
    ]);
    for (const [id, count] of Object.entries(marks)) expect([id, count > 0]).toEqual([id, true]);
  });

  it.each(LOOKS)("at $width pixels, $scheme, is no wider than the window, with its tables open", async (look) => {
    const page = await opened(file, look);
    await page.evaluate(`document.querySelectorAll("details").forEach((details) => { details.open = true; })`);

    const [scroll, client] = await page.evaluate<number[]>(
      "[document.documentElement.scrollWidth, document.documentElement.clientWidth]",
    );
    expect([scroll, client]).toEqual([look.width, look.width]);
    const tables = await page.evaluate<number>(`document.querySelectorAll("figure details td").length`);
    expect(tables).toBeGreaterThan(100);
  });

  it("has the colours of the scheme", async () => {
    const colours: string[] = [];
    for (const scheme of ["light", "dark"] as const) {
      const page = await opened(file, { width: 1280, scheme });
      const [ground, ink] = await page.evaluate<string[]>(
        "(({ backgroundColor, color }) => [backgroundColor, color])(getComputedStyle(document.body))",
      );
      colours.push(ground ?? "", ink ?? "");
    }

    const brightness = colours.map((colour) =>
      (colour.match(/\d+/g) ?? []).slice(0, 3).reduce((sum, part) => sum + Number(part), 0),
    );
    const [lightGround = 0, lightInk = 0, darkGround = 0, darkInk = 0] = brightness;
    expect(lightGround).toBeGreaterThan(650);
    expect(lightInk).toBeLessThan(200);
    expect(darkGround).toBeLessThan(150);
    expect(darkInk).toBeGreaterThan(600);
  });

  it("shows the figures of the JSON, which it contains", async () => {
    const page = await opened(file, { width: 1280, scheme: "light" });

    const data = await page.evaluate<ReportData>(`JSON.parse(document.getElementById("report-data").textContent)`);
    expect(data.conditions).toEqual(result.conditions);
    expect(data.runs.map(({ summary }) => summary)).toEqual(result.runs);
    expect(await page.evaluate(TEXTS(".card h2"))).toEqual(["aggregated", "raw", "ordered"]);
    expect(await page.evaluate(TEXTS(".card strong"))).toEqual(
      result.runs.flatMap(({ recordsPerSecond, latencyMs, sent, leftOver, delivered, bill }) => [
        whole(recordsPerSecond),
        milliseconds(latencyMs.p99),
        whole(sent + leftOver - delivered),
        dollars(bill.provisioned.total),
      ]),
    );
    expect(await page.evaluate(TEXTS("#command"))).toEqual([result.conditions.command]);
    expect(await page.evaluate(TEXTS("#events li"))).toEqual([
      "1 s to 2 s: PutRecords throttle-entry p=0.5",
      "at 1.5 s: split",
    ]);
  });

  it("shows the values under the pointer, and draws again at another width", async () => {
    const page = await opened(file, { width: 1280, scheme: "light" });
    const [x = 0, y = 0] = await page.evaluate<number[]>(
      `(({ left, top, width }) => [left + width / 2, top + 80])(document.querySelector("#throughput svg").getBoundingClientRect())`,
    );
    await page.pointAt(x, y);
    const values = await page.evaluate<string[]>(TEXTS("#throughput .legend b"));
    expect(values).toHaveLength(4);
    for (const value of values) expect(value).toMatch(/^[\d,]+\/s$/);

    await page.look({ width: 375, scheme: "light" });
    const width = await page.evaluate<number>(
      `new Promise((resolve) => requestAnimationFrame(() => resolve(document.querySelector("#throughput svg").clientWidth)))`,
    );
    expect(width).toBeLessThan(375);
    expect(page.problems).toEqual([]);
  });

  it("names every plot for a screen reader", async () => {
    const page = await opened(file, { width: 1280, scheme: "light" });

    const names = await page.evaluate<string[]>(
      `[...document.querySelectorAll("figure svg")].map((svg) => svg.getAttribute("role") + " " +
        svg.getAttribute("aria-labelledby").split(" ").map((id) => document.getElementById(id).textContent.length > 3))`,
    );
    expect(names).toHaveLength(9);
    for (const name of names) expect(name).toBe("img true,true");
  });
});

it("shows a load without a rate, in one mode", async () => {
  const file = join(folder, "fast.html");
  const result = await load(file, "--duration", "500ms");
  const page = await opened(file, { width: 375, scheme: "light" });

  expect(page.problems).toEqual([]);
  expect((await page.evaluate<string[]>(TEXTS(".card strong")))[0]).toBe(whole(result.runs[0]?.recordsPerSecond ?? 0));
  expect(await page.evaluate(TEXTS("#verdict"))).toEqual(["Every record was delivered."]);
});

it("shows a load of which nothing was delivered", async () => {
  const file = join(folder, "nothing.html");
  await load(
    file,
    "--rate",
    "100",
    "--duration",
    "500ms",
    "--fault",
    "PutRecords error code=AccessDeniedException status=400",
  );
  const page = await opened(file, { width: 1280, scheme: "dark" });

  expect(page.problems).toEqual([]);
  expect((await page.evaluate<string[]>(TEXTS(".card strong"))).slice(0, 3)).toEqual(["0", "0 ms", "50"]);
  expect(await page.evaluate(TEXTS("#verdict"))).toEqual(["The load failed."]);
});

it("opens the sample report of the documents", async () => {
  const file = join(import.meta.dirname, "../../docs/sample-report.html");
  const page = await opened(file, { width: 1280, scheme: "light" });

  expect(page.problems).toEqual([]);
  expect(readFileSync(file).length).toBeLessThan(300_000);
  for (const [id, count] of Object.entries(await page.evaluate<Record<string, number>>(MARKS))) {
    expect([id, count > 0]).toEqual([id, true]);
  }
});

it("says how to get a browser where there is none", () => {
  expect(() => chromiumPath({ PATH: "/no/such/folder" })).toThrow(
    "no Chromium: install it (Debian: apt-get install chromium)",
  );
  expect(chromiumPath({ KP_CHROMIUM: "/opt/chromium" })).toBe("/opt/chromium");
});
