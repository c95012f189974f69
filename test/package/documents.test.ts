import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const { files } = JSON.parse(read("package.json")) as { files: string[] };

function read(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}

/** Files below a folder of the repository, as paths from its root. */
function below(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length));
}

function withoutBlocks(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```/gm, "");
}

/** The anchors of the headings, as GitHub and npm make them. */
function anchors(text: string): Set<string> {
  const headings = [...withoutBlocks(text).matchAll(/^#+ (.*)$/gm)].map(([, title]) => title ?? "");
  return new Set(
    headings.map((title) =>
      title
        .toLowerCase()
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
        .replaceAll(/[^\p{L}\p{N}_\- ]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

describe("the documents of the package", () => {
  const documents = files
    .flatMap((file) => (file === "docs" || file === "decisions" ? below(file) : [file]))
    .filter((file) => file.endsWith(".md"));

  it.each(documents)("%s: each link leads to a file of the package, and to a heading of it", (document) => {
    const text = withoutBlocks(read(document));
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link ?? "");
    const wrong = links.filter((link) => !/^[a-z]+:/.test(link) && !leads(document, link));

    expect(wrong).toEqual([]);
  });

  it("has documents with links", () => {
    expect(documents.length).toBeGreaterThan(50);
  });
});

function leads(document: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? document : normalize(join(dirname(document), path));
  const isPacked = files.some((file) => target === file || target.startsWith(`${file}/`) || `${file}/` === target);
  if (!isPacked || !existsSync(join(ROOT, target))) return false;
  return anchor === undefined || anchors(read(target)).has(anchor);
}

/** The operations of the service that the sources below a folder call. */
function operations(folder: string): string[] {
  const sources = below(folder).filter((file) => file.endsWith(".ts"));
  const called = sources.flatMap((file) =>
    [...read(file).matchAll(/new (?:sdk\.)?(\w+)Command\(/g)].map(([, name]) => name ?? ""),
  );
  return [...new Set(called)].sort().map((name) => `kinesis:${name}`);
}

describe("docs/iam.md", () => {
  const policies = new Map(
    [...read("docs/iam.md").matchAll(/^<!-- policy: (.+) -->\n```json\n([\s\S]*?)^```$/gm)].map(([, name, json]) => [
      name ?? "",
      JSON.parse(json ?? "") as { Statement: { Action: string[] }[] },
    ]),
  );
  const actions = (name: string): string[] =>
    (policies.get(name)?.Statement ?? []).flatMap(({ Action }) => Action).sort();

  it("permits a producer what it calls", () => {
    expect(actions("producer")).toEqual(operations("src/edge"));
  });

  it("permits a reader what it calls", () => {
    expect(actions("reader")).toEqual(operations("src/reader"));
  });

  it("permits the least of a producer", () => {
    expect(actions("producer without ListShards")).toEqual(["kinesis:PutRecords"]);
  });

  it("permits one action in CloudWatch", () => {
    expect(actions("cloudwatch")).toEqual(["cloudwatch:PutMetricData"]);
  });
});
