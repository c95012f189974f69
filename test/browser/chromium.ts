import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import type { Readable, Writable } from "node:stream";

/** Programs that are Chromium: Debian's package first. */
const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/**
 * The program of the browser: `KP_CHROMIUM`, or the first in the PATH.
 *
 * @throws Error that says how to get one
 */
export function chromiumPath(environment: NodeJS.ProcessEnv = process.env): string {
  const given = environment.KP_CHROMIUM;
  if (given !== undefined) return given;
  for (const folder of (environment.PATH ?? "").split(delimiter)) {
    for (const name of NAMES) {
      const file = join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not here.
      }
    }
  }
  throw new Error(
    "no Chromium: install it (Debian: apt-get install chromium), or name the program in KP_CHROMIUM. Looked in the PATH for " +
      NAMES.join(", "),
  );
}

type Fields = Readonly<Record<string, unknown>>;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Fields;
  readonly result?: Fields;
  readonly error?: { readonly message: string };
  readonly sessionId?: string;
}

/** A headless Chromium, driven by the DevTools protocol over two pipes: it needs no port and no package. */
export class Chromium implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #profile: string;
  readonly #calls = new Map<number, { resolve: (result: Fields) => void; reject: (error: Error) => void }>();
  readonly #listeners: ((message: Message) => void)[] = [];
  #lastId = 0;
  #text = "";

  constructor() {
    this.#profile = mkdtempSync(join(tmpdir(), "browser-test-"));
    const flags = ["--headless=new", "--remote-debugging-pipe", `--user-data-dir=${this.#profile}`, "--no-first-run"];
    // Containers give root no sandbox, and little shared memory. The pages are our own.
    const container = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars"];
    // No call of the browser's own leaves the machine.
    const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];
    this.#child = spawn(chromiumPath(), [...flags, ...container, ...quiet, "about:blank"], {
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    });
    this.#child.on("error", (error) => this.#fail(error));
    this.#child.on("exit", (code, signal) => this.#fail(new Error(`Chromium ended with ${code ?? signal}`)));
    const output = this.#child.stdio[4] as Readable;
    output.setEncoding("utf8").on("data", (text: string) => this.#onText(text));
    (this.#child.stdio[3] as Writable).on("error", () => {});
  }

  /** Opens an empty page. */
  async page(): Promise<BrowserPage> {
    const { targetId } = await this.call("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.call("Target.attachToTarget", { targetId, flatten: true });
    const page = new BrowserPage(this, String(sessionId));
    await page.enable();
    return page;
  }

  /** Calls a method of the protocol. */
  call(method: string, params: Fields = {}, sessionId?: string): Promise<Fields> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve, reject });
      const message = { id, method, params, ...(sessionId === undefined ? {} : { sessionId }) };
      (this.#child.stdio[3] as Writable).write(`${JSON.stringify(message)}\0`);
    });
  }

  /** Calls the listener for each event of a page. */
  listen(sessionId: string, listener: (method: string, params: Fields) => void): void {
    this.#listeners.push((message) => {
      if (message.sessionId === sessionId) listener(message.method ?? "", message.params ?? {});
    });
  }

  /** Closes the browser with all its processes. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = new Promise((resolve) => this.#child.once("exit", resolve));
      // It may end before its answer.
      this.call("Browser.close").catch(() => {});
      await ended;
    }
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  #onText(text: string): void {
    this.#text += text;
    const messages = this.#text.split("\0");
    this.#text = messages.pop() ?? "";
    for (const message of messages) this.#onMessage(JSON.parse(message) as Message);
  }

  #onMessage(message: Message): void {
    if (message.id === undefined) {
      for (const listener of this.#listeners) listener(message);
      return;
    }
    const call = this.#calls.get(message.id);
    this.#calls.delete(message.id);
    if (message.error === undefined) call?.resolve(message.result ?? {});
    else call?.reject(new Error(message.error.message));
  }

  #fail(error: Error): void {
    for (const { reject } of this.#calls.values()) reject(error);
    this.#calls.clear();
  }
}

/** The look of a page. */
export interface Look {
  readonly width: number;
  readonly scheme: "light" | "dark";
}

/** One page of the browser. */
export class BrowserPage {
  /** Errors of scripts, messages of `console.error`, and requests, so far. */
  readonly problems: string[] = [];
  readonly #browser: Chromium;
  readonly #session: string;
  #onLoad: () => void = () => {};

  constructor(browser: Chromium, session: string) {
    this.#browser = browser;
    this.#session = session;
    browser.listen(session, (method, params) => this.#onEvent(method, params));
  }

  async enable(): Promise<void> {
    for (const domain of ["Page", "Runtime", "Log", "Network"]) await this.#call(`${domain}.enable`);
  }

  async look({ width, scheme }: Look): Promise<void> {
    await this.#call("Emulation.setDeviceMetricsOverride", {
      width,
      height: 900,
      deviceScaleFactor: 1,
      mobile: width < 600,
    });
    await this.#call("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
  }

  /** Opens an address, and waits until it is loaded. */
  async open(url: string): Promise<void> {
    const loaded = new Promise<void>((resolve) => {
      this.#onLoad = resolve;
    });
    await this.#call("Page.navigate", { url });
    await loaded;
  }

  /** The value of an expression in the page. */
  async evaluate<Value>(expression: string): Promise<Value> {
    const answer = await this.#call("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
    const { exceptionDetails, result } = answer as {
      readonly exceptionDetails?: { readonly exception?: { readonly description?: string }; readonly text: string };
      readonly result: { readonly value: Value };
    };
    if (exceptionDetails !== undefined) {
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    }
    return result.value;
  }

  /** Moves the mouse to a place of the window. */
  async pointAt(x: number, y: number): Promise<void> {
    await this.#call("Input.dispatchMouseEvent", { type: "mouseMoved", x, y });
  }

  /** The whole page as a PNG. */
  async screenshot(): Promise<Buffer> {
    const { data } = await this.#call("Page.captureScreenshot", { format: "png", captureBeyondViewport: true });
    return Buffer.from(String(data), "base64");
  }

  /** The visible part of the page as a PNG. */
  async view(): Promise<Buffer> {
    const { data } = await this.#call("Page.captureScreenshot", { format: "png" });
    return Buffer.from(String(data), "base64");
  }

  #call(method: string, params: Fields = {}): Promise<Fields> {
    return this.#browser.call(method, params, this.#session);
  }

  #onEvent(method: string, params: Fields): void {
    if (method === "Page.loadEventFired") this.#onLoad();
    else if (method === "Runtime.exceptionThrown") this.problems.push(`exception: ${JSON.stringify(params)}`);
    else if (method === "Runtime.consoleAPICalled" && params.type === "error")
      this.problems.push(`console: ${JSON.stringify(params)}`);
    else if (method === "Log.entryAdded") this.problems.push(`log: ${JSON.stringify(params)}`);
    else if (method === "Network.requestWillBeSent") this.#onRequest(params);
  }

  /** The page itself is a file; it must load nothing else. */
  #onRequest({ request, type }: Fields): void {
    const { url } = request as { readonly url: string };
    if (type !== "Document" && !url.startsWith("data:")) this.problems.push(`request: ${url}`);
  }
}
