/**
 * One step of a scripted port: the answer to a call, a function that computes it, or `"hold"`, which keeps the call
 * until the test answers it by hand.
 */
export type Step<Call, Answer> = Answer | ((call: Call) => Answer) | "hold";

/** A call that waits for the test. */
export interface HeldCall<Call, Answer> {
  readonly call: Call;
  /** Answers the call; without an argument, with the answer that the script would have given without "hold". */
  answer(step?: Exclude<Step<Call, Answer>, "hold">): void;
  /** Rejects the call's promise, as a port with a bug does. */
  reject(error: unknown): void;
}

/**
 * The script behind a scripted port: one-time steps first, in order, then the standing step. Answers come by promise,
 * never by timer, so a `ManualClock` controls all time.
 */
export class CallScript<Call, Answer extends object> {
  readonly #calls: Call[] = [];
  readonly #held: HeldCall<Call, Answer>[] = [];
  readonly #once: Step<Call, Answer>[] = [];
  #standing: Step<Call, Answer>;
  /** The last standing step that answers: the default answer of a held call. */
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
