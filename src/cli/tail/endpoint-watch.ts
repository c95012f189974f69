import type { KinesisClient } from "@aws-sdk/client-kinesis";
import { shortTime } from "../time-option.js";

/** After this many milliseconds without an answer, the watch says so. */
const SILENCE_MS = 4_000;
/** After this many milliseconds without the first answer, the watch gives up. */
const GIVE_UP_MS = 60_000;

/** Starts a timer, and returns the function that stops it. */
export type StartTimer = (ms: number, run: () => void) => () => void;

const startTimer: StartTimer = (ms, run) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

/** The parts of a request that name its endpoint. */
interface Target {
  readonly protocol?: string;
  readonly hostname?: string;
  readonly port?: number;
}

/** The callbacks of a watch. */
export interface WatchReports {
  /** A line for the user. */
  readonly tell: (text: string) => void;
  /** There was no answer at all within a minute. */
  readonly giveUp: (reason: string) => void;
}

/**
 * Watches the calls of a client: whether its endpoint answers. It says when the endpoint does not answer, and when it
 * answers again. Errors of the service are answers, unless the service itself has failed (HTTP 5xx).
 */
export class EndpointWatch {
  readonly #reports: WatchReports;
  #endpoint = "the endpoint";
  #hasAnswered = false;
  /** Whether a line said that there is no answer. */
  #isTold = false;
  #problem = "no answer";
  readonly #startTimer: StartTimer;
  #stopSilence: (() => void) | undefined;
  #stopGivingUp: (() => void) | undefined;
  #isOver = false;

  constructor(reports: WatchReports, timer: StartTimer = startTimer) {
    this.#reports = reports;
    this.#startTimer = timer;
  }

  /** Watches every attempt of every call of this client. */
  attach(client: KinesisClient): void {
    client.middlewareStack.add(
      (next) => (args) => this.watch(args.request as Target, () => next(args)),
      // The client's retries are outside of this step.
      { step: "finalizeRequest", priority: "low", name: "endpointWatch" },
    );
  }

  /** Watches one attempt. Returns its result, or throws its error. */
  async watch<Result>({ protocol, hostname, port }: Target, send: () => Promise<Result>): Promise<Result> {
    if (hostname !== undefined) this.#endpoint = `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}`;
    this.#begin();
    try {
      const result = await send();
      this.#onAnswer();
      return result;
    } catch (error) {
      if (isAnswer(error)) this.#onAnswer();
      else this.#onFailure(error);
      throw error;
    }
  }

  /** Ends the watch. It tells nothing more. */
  end(): void {
    this.#isOver = true;
    this.#stopTimers();
  }

  #begin(): void {
    if (this.#isOver) return;
    if (!this.#isTold) this.#stopSilence ??= this.#startTimer(SILENCE_MS, () => this.#tellSilence());
    if (this.#hasAnswered) return;
    this.#stopGivingUp ??= this.#startTimer(GIVE_UP_MS, () => {
      this.#reports.giveUp(`${this.#endpoint} did not answer within ${shortTime(GIVE_UP_MS)}: ${this.#problem}`);
    });
  }

  #onAnswer(): void {
    this.#stopTimers();
    this.#hasAnswered = true;
    this.#problem = "no answer";
    if (this.#isTold && !this.#isOver) this.#reports.tell(`${this.#endpoint} answers again`);
    this.#isTold = false;
  }

  #onFailure(error: unknown): void {
    // Ctrl-C, or the time limit of the call: a line about the silence was printed before.
    if (error instanceof Error && error.name === "AbortError") return;
    this.#problem = reasonOf(error);
    // One failure is no news later, but at the start the endpoint is probably wrong.
    if (!this.#hasAnswered) this.#tellSilence();
  }

  #stopTimers(): void {
    this.#stopSilence?.();
    this.#stopSilence = undefined;
    this.#stopGivingUp?.();
    this.#stopGivingUp = undefined;
  }

  #tellSilence(): void {
    this.#stopSilence?.();
    this.#stopSilence = undefined;
    if (this.#isTold || this.#isOver) return;
    this.#isTold = true;
    this.#reports.tell(`${this.#endpoint} does not answer (${this.#problem}); trying again`);
  }
}

/** Over HTTP/2 the reason is behind a message about the stream. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [, cause] = /\(caused by: (.+)\)$/.exec(error.message) ?? [];
  return cause ?? (error.message || error.name);
}

function isAnswer(error: unknown): boolean {
  const { $metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  return status !== undefined && status < 500;
}
