import type { Clock, TimerHandle } from "../core/ports.js";
import type { RecordFailedError } from "../index.js";

/** The part of a `DeadLetterFile` that a spool uses. */
export interface LetterFile {
  readonly onFailed: (error: RecordFailedError) => void;
  flush(): Promise<void>;
  close(): Promise<void>;
  stats(): { readonly lost: number };
}

/** A record that was refused for good, with its number. */
export interface Letter {
  readonly number: number;
  readonly error: RecordFailedError;
}

/** The parts of a {@link LetterBox}. */
export interface LetterBoxParts {
  readonly file: LetterFile;
  readonly clock: Clock;
  /** Its dead letter is on disk. */
  readonly onKept: (letter: Letter) => void;
  /** The dead letters have no room: some records stay in the spool. */
  readonly onNoRoom: () => void;
}

/** Pause before dead letters that could not be written are tried again. */
const AGAIN_AFTER_MS = 1_000;

/**
 * Keeps records that were refused for good. They leave the spool only when their dead letters are on disk: while these
 * cannot be written, their records stay, and are tried again.
 */
export class LetterBox {
  readonly #parts: LetterBoxParts;
  #waiting: Letter[] = [];
  #running: Promise<void> | undefined;
  #isClosing = false;
  #endPause: (() => void) | undefined;
  /** Records whose dead letters are on disk. */
  kept = 0;

  constructor(parts: LetterBoxParts) {
    this.#parts = parts;
  }

  add(letter: Letter): void {
    this.#waiting.push(letter);
    this.#running ??= this.#run();
  }

  /** Resolves when every letter so far is on disk, or has no room. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** From now on letters are tried once: nothing waits for a disk that does not take them. */
  endPauses(): void {
    this.#isClosing = true;
    this.#endPause?.();
  }

  /** Tries once more to write what is left. */
  async close(): Promise<void> {
    this.endPauses();
    await this.settled();
    await ignoringFailure(this.#parts.file.close());
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const letters = this.#waiting.splice(0).filter((letter) => this.#hasRoom(letter));
      if (!(await this.#areWritten())) break;
      this.kept += letters.length;
      for (const letter of letters) this.#parts.onKept(letter);
    }
    this.#running = undefined;
  }

  /** Gives a letter to the file, which holds it until it is written. */
  #hasRoom({ error }: Letter): boolean {
    const { file, onNoRoom } = this.#parts;
    const { lost } = file.stats();
    file.onFailed(error);
    if (file.stats().lost === lost) return true;
    onNoRoom();
    return false;
  }

  /** False: the spool is being closed, and the letters cannot be written. */
  async #areWritten(): Promise<boolean> {
    for (;;) {
      try {
        await this.#parts.file.flush();
        return true;
      } catch {
        // The file itself warns.
        if (this.#isClosing) return false;
        await this.#pause();
      }
    }
  }

  async #pause(): Promise<void> {
    let timer: TimerHandle | undefined;
    await new Promise<void>((resolve) => {
      this.#endPause = resolve;
      timer = this.#parts.clock.setTimer(AGAIN_AFTER_MS, resolve);
    });
    timer?.cancel();
  }
}

async function ignoringFailure(closing: Promise<void>): Promise<void> {
  try {
    await closing;
  } catch {
    // The letters that are not written belong to records that stay in the spool.
  }
}
