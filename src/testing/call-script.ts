/**
 * What a scripted port does with one call: gives this answer, computes it from the call, or holds the call until the
 * test answers it by hand.
 */
export type Step<Call, Answer> = Answer | ((call: Call) => Answer) | "hold";

/** A call that waits for the test. */
export interface HeldCall<Call, Answer> {
  readonly call: Call;
  /** Answers it; without an argument, as the script would have done without "hold". */
  answer(step?: Exclude<Step<Call, Answer>, "hold">): void;
  /** Rejects its promise, which a port does only when it has a bug. */
  reject(error: unknown): void;
}

/**
 * The script behind a scripted port: one-time steps first, in order, then the standing step. Answers come by promise
 * alone, never by timer, so a `ManualClock` governs all the time there is.
 */
export class CallScript<Call, Answer extends object> {
  readonly #calls: Call[] = [];
  readonly #held: HeldCall<Call, Answer>[] = [];
  readonly #once: Step<Call, Answer>[] = [];
  #standing: Step<Call, Answer>;
  /** The last standing step that answers: what a held call gets by default. */
  #answering: Exclude<Step<Call, Answer>, "hold">;

  constructor(standing: Exclude<Step<Call, Answer>, "hold">) {
    this.#standing = standing;
    this.#answering = standing;
  }

  /** Every call, oldest first. */
  get calls(): readonly Call[] {
    return this.#calls;
  }

  /** Calls that wait to be answered by hand, oldest first; answer them in any order. */
  get held(): readonly HeldCall<Call, Answer>[] {
    return this.#held;
  }

  /** Adds steps for the next calls, one each. */
  next(...steps: readonly Step<Call, Answer>[]): void {
    this.#once.push(...steps);
  }

  /** Sets the step for every call that `next` does not cover. */
  always(step: Step<Call, Answer>): void {
    this.#standing = step;
    if (step !== "hold") this.#answering = step as Exclude<Step<Call, Answer>, "hold">;
  }

  /** Records the call and takes its step. A step that throws rejects. */
  async take(call: Call): Promise<Answer> {
    this.#calls.push(call);
    const step = this.#once.shift() ?? this.#standing;
    return step === "hold" ? this.#hold(call) : this.#answerOf(step as Exclude<Step<Call, Answer>, "hold">, call);
  }

  #hold(call: Call): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const held: HeldCall<Call, Answer> = {
        call,
        answer: (step = this.#answering) => {
          const answer = this.#answerOf(step, call);
          this.#forget(held);
          resolve(answer);
        },
        reject: (error) => {
          this.#forget(held);
          reject(error);
        },
      };
      this.#held.push(held);
    });
  }

  #forget(held: HeldCall<Call, Answer>): void {
    const index = this.#held.indexOf(held);
    if (index < 0) throw new Error("this held call was answered already");
    this.#held.splice(index, 1);
  }

  #answerOf(step: Exclude<Step<Call, Answer>, "hold">, call: Call): Answer {
    return typeof step === "function" ? (step as (call: Call) => Answer)(call) : step;
  }
}
