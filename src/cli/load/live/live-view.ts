import type { Terminal } from "../../command.js";
import { type LiveState, liveFrame, liveLine } from "./live-frame.js";

const FRAME_MS = 500;
const LINE_MS = 1_000;
/** When the terminal does not say. */
const COLUMNS = 80;

/** Shows a running load: on a terminal in place, elsewhere as a line a second. */
export class LiveView {
  readonly #terminal: Terminal;
  readonly #read: () => LiveState;
  readonly #timer: NodeJS.Timeout;
  /** Lines of the frame on the screen. */
  #height = 0;

  constructor(terminal: Terminal, read: () => LiveState) {
    this.#terminal = terminal;
    this.#read = read;
    this.#timer = setInterval(() => this.show(), terminal.isWatched ? FRAME_MS : LINE_MS);
  }

  /** Shows the state now. */
  show(): void {
    if (this.#terminal.isWatched) this.#draw();
    else this.#terminal.err(liveLine(this.#read()));
  }

  /** Ends the view, and takes its frame away. */
  end(): void {
    clearInterval(this.#timer);
    if (this.#height > 0) this.#terminal.err(`${this.#erase()}\u001b[1A`);
    this.#height = 0;
  }

  #draw(): void {
    const lines = liveFrame(this.#read(), this.#terminal.columns ?? COLUMNS);
    this.#terminal.err(this.#erase() + lines.join("\n"));
    this.#height = lines.length;
  }

  /** Moves to the first line of the last frame, and clears from there to the end of the screen. */
  #erase(): string {
    return this.#height === 0 ? "" : `\u001b[${this.#height}A\u001b[0J`;
  }
}
