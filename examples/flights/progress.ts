import { stderr } from "node:process";

const BAR_WIDTH = 40;
const REDRAW_MS = 100;

/** Progress on stderr: a bar on a terminal, a line for every quarter otherwise. */
export class Progress {
  readonly #label: string;
  readonly #total: number;
  readonly #done: () => number;
  readonly #timer: NodeJS.Timeout;
  readonly #begin: number = performance.now();
  #quarters = 0;

  /** @param done - returns the number done so far */
  constructor(label: string, total: number, done: () => number) {
    this.#label = label;
    this.#total = total;
    this.#done = done;
    this.#timer = setInterval(() => this.#show(), REDRAW_MS).unref();
  }

  /** Shows the final state and ends the line. */
  end(): void {
    clearInterval(this.#timer);
    this.#show();
    if (stderr.isTTY) stderr.write("\n");
  }

  #show(): void {
    const done = this.#done();
    const share = this.#total === 0 ? 1 : done / this.#total;
    const rate = Math.round((done / (performance.now() - this.#begin)) * 1000);
    const text = `${done.toLocaleString("en-US")} of ${this.#total.toLocaleString("en-US")}, ${rate.toLocaleString("en-US")}/s`;
    if (stderr.isTTY) {
      const full = Math.round(share * BAR_WIDTH);
      stderr.write(`\r\x1b[K${this.#label} [${"█".repeat(full)}${"·".repeat(BAR_WIDTH - full)}] ${text}`);
      return;
    }
    const quarters = Math.floor(share * 4);
    if (quarters > this.#quarters) stderr.write(`${this.#label} ${quarters * 25} %: ${text}\n`);
    this.#quarters = quarters;
  }
}
