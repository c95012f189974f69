import { readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { History, LiveFrame, Messages, News, RunEnd } from "./live-frame.js";

/** The page is not compiled: it is served from the sources. */
const FOLDER: URL = new URL("examples/game-pipeline/page/", import.meta.resolve("kinesis-producer/package.json"));

const FILES: Readonly<Record<string, readonly [name: string, type: string]>> = {
  "/": ["page.html", "text/html"],
  ...Object.fromEntries(
    ["chart", "dom", "format", "live", "panels"].map((name) => [`/${name}.mjs`, [`${name}.mjs`, "text/javascript"]]),
  ),
  "/style.css": ["style.css", "text/css"],
};

/** The page of a run: a server on the loopback interface, and everything that it has shown so far. */
export class LivePage {
  readonly #server = createServer(({ url = "/" }, response) => this.#answer(url, response));
  readonly #viewers = new Set<ServerResponse>();
  readonly #seconds: number;
  readonly #frames: LiveFrame[] = [];
  readonly #news: News[] = [];
  #end: RunEnd | undefined;
  #marks = 0;

  /** @param seconds - the length of the day */
  constructor(seconds: number) {
    this.#seconds = seconds;
  }

  /** Resolves with the address. @param port - 0 for any free one */
  listen(port: number): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, "127.0.0.1", () => {
        resolve(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`);
      });
    });
  }

  frame(frame: LiveFrame): void {
    this.#frames.push(frame);
    this.#send("frame", frame);
  }

  /** @param isMarked - whether the plots show its moment */
  news(second: number, text: string, isMarked: boolean): void {
    const news: News = { second, text, ...(isMarked ? { mark: ++this.#marks } : {}) };
    this.#news.push(news);
    this.#send("news", news);
  }

  end(end: RunEnd): void {
    this.#end = end;
    this.#send("end", end);
  }

  /** Resolves when every viewer has the last message. */
  async close(): Promise<void> {
    for (const viewer of this.#viewers) viewer.end();
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeIdleConnections();
    });
  }

  #send<Name extends keyof Messages>(name: Name, message: Messages[Name]): void {
    for (const viewer of this.#viewers) viewer.write(event(name, message));
  }

  #answer(url: string, response: ServerResponse): void {
    if (url === "/events") {
      this.#join(response);
      return;
    }
    const file = FILES[url];
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    const [name, type] = file;
    response.writeHead(200, { "content-type": `${type}; charset=utf-8`, "cache-control": "no-store" });
    response.end(readFileSync(new URL(name, FOLDER)));
  }

  #join(response: ServerResponse): void {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    const history: History = {
      seconds: this.#seconds,
      frames: this.#frames,
      news: this.#news,
      ...(this.#end === undefined ? {} : { end: this.#end }),
    };
    response.write(event("history", history));
    this.#viewers.add(response);
    response.once("close", () => this.#viewers.delete(response));
  }
}

function event(name: string, message: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(message)}\n\n`;
}
