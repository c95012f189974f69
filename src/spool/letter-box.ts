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

/** Keeps records that were refused for good. They leave the spool only when their dead letters are on disk. */
export class LetterBox {
  readonly #file: LetterFile;
  readonly #onKept: (letter: Letter) => void;
  readonly #onFailure: (error: unknown) => void;
  #waiting: Letter[] = [];
  #running: Promise<void> | undefined;
  /** Records whose dead letters are on disk. */
  kept = 0;

  /**
   * @param onKept - its dead letter is on disk
   * @param onFailure - the letters of some records cannot be written: these records stay in the spool
   */
  constructor(file: LetterFile, onKept: (letter: Letter) => void, onFailure: (error: unknown) => void) {
    this.#file = file;
    this.#onKept = onKept;
    this.#onFailure = onFailure;
  }

  add(letter: Letter): void {
    this.#waiting.push(letter);
    this.#running ??= this.#run();
  }

  /** Resolves when every letter so far is on disk, or cannot be written. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async close(): Promise<void> {
    await this.settled();
    await this.#file.close().catch(this.#onFailure);
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const letters = this.#waiting.splice(0);
      try {
        await this.#keep(letters);
        this.kept += letters.length;
        for (const letter of letters) this.#onKept(letter);
      } catch (error) {
        this.#onFailure(error);
      }
    }
    this.#running = undefined;
  }

  async #keep(letters: readonly Letter[]): Promise<void> {
    const { lost } = this.#file.stats();
    for (const { error } of letters) this.#file.onFailed(error);
    await this.#file.flush();
    if (this.#file.stats().lost > lost) throw new Error("the dead letters have no room (maxBytes of the dead letters)");
  }
}
