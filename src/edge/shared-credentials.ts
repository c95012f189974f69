import type { KinesisClientResolvedConfig } from "@aws-sdk/client-kinesis";

import { classifyRequest } from "../core/failure-class.js";
import type { Clock, Random, RequestFailure, TimerHandle } from "../core/ports.js";
import { backoffMs, CREDENTIALS_BACKOFF } from "../core/retry-policy.js";

/** Credentials as the client's provider gives them. */
export type Identity = Awaited<ReturnType<KinesisClientResolvedConfig["credentials"]>>;

export interface CredentialsParts {
  /**
   * Asks the provider.
   *
   * @param isForced - the service refused the credentials in use: a provider that keeps them must not give them again
   */
  readonly ask: (isForced: boolean) => Promise<Identity>;
  readonly clock: Clock;
  readonly random: Random;
  /** Milliseconds that requests wait for one answer of the provider. */
  readonly limitMs: number;
  /** They are values, and no provider: those that are refused stay refused. */
  readonly isConstant?: boolean;
  /** In use before the provider was ever asked. */
  readonly initial?: Identity;
}

/** A question that has no answer yet; everybody who needs one waits for the same. */
interface Question {
  readonly answer: Promise<Identity>;
  readonly resolve: (identity: Identity) => void;
  readonly reject: (error: Error) => void;
  readonly timer: TimerHandle;
}

/** The provider is asked for the next ones so long before the present ones expire, as the SDK does. */
const RENEW_BEFORE_MS = 300_000;
/** And, as long as those in use are good, so rarely. */
const RENEW_PAUSE_MS = 30_000;
/** Credentials that were good for so long were not part of the trouble before. */
const PROVEN_AFTER_MS = 60_000;

/**
 * The credentials of all requests of a producer, asked for once however many requests need them (rule 16). Those that the
 * service refuses are asked for again, at a pace, as long as somebody needs them; no request waits longer than `limitMs`.
 *
 * A provider that does not answer within `limitMs` is left behind: the next question is a call of its own, and waits for no
 * earlier one. The SDK's own cache would give everybody the promise of the first call, for ever. A late answer counts all
 * the same.
 */
export class SharedCredentials {
  readonly #parts: CredentialsParts;
  #held: Identity | undefined;
  #heldSince: number = Number.NEGATIVE_INFINITY;
  #isRefused = false;
  #question: Question | undefined;
  /** Number of the last question, and of the one that brought what is held. */
  #asked = 0;
  #answered = 0;
  /** Why the last question brought nothing; undefined after one that did. */
  #error: Error | undefined;
  /** Questions in a row that brought nothing new. */
  #failures = 0;
  #notBefore: number = Number.NEGATIVE_INFINITY;
  #renewNotBefore: number = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor(parts: CredentialsParts) {
    this.#parts = parts;
    this.#held = parts.initial;
  }

  /**
   * The credentials to sign with. Waits for the provider only when there are none that may be good.
   *
   * @returns rejects with a `CredentialsProviderError` when there are none, and the provider may not be asked yet
   */
  get(): Promise<Identity> {
    const isNeeded = this.#held === undefined || this.#isRefused || this.#expiresWithin(0);
    const now = this.#parts.clock.now();
    if (this.#question === undefined && !this.#isClosed) {
      if (isNeeded ? now >= this.#notBefore : now >= this.#renewNotBefore && this.#expiresWithin(RENEW_BEFORE_MS))
        this.#ask(now);
    }
    if (isNeeded && this.#question !== undefined) return this.#question.answer;
    // Credentials that have expired by this machine's clock may be good by the service's, and are better than none.
    if (this.#held !== undefined && !(this.#isRefused && this.#error !== undefined)) return Promise.resolve(this.#held);
    return Promise.reject(this.#error ?? providerError("the producer's client is closed"));
  }

  /** The service took a request that was signed with them. */
  onAccepted(used: Identity): void {
    if (used === this.#held) this.#isRefused = false;
  }

  /**
   * Hears of a request that failed.
   *
   * @param used - what it was signed with; a refusal of earlier credentials says nothing about those in use
   * @returns the failure, which is final where nobody can be asked for other credentials
   */
  judge(failure: RequestFailure, used: Identity | undefined): RequestFailure {
    if (classifyRequest(failure) !== "credentials") return failure;
    if (this.#parts.isConstant === true) return { ...failure, isFinal: true };
    if (used !== undefined && used === this.#held && !this.#isRefused) {
      this.#isRefused = true;
      this.#error = undefined;
      if (this.#parts.clock.now() - this.#heldSince > PROVEN_AFTER_MS) this.#failures = 0;
      if (this.#failures === 0) this.#notBefore = Number.NEGATIVE_INFINITY;
    }
    return failure;
  }

  /** Nobody waits any more. */
  close(): void {
    this.#isClosed = true;
    this.#end()?.reject(providerError("the producer's client is closed"));
  }

  #ask(now: number): void {
    const number = ++this.#asked;
    const question = this.#newQuestion();
    this.#question = question;
    this.#renewNotBefore = now + RENEW_PAUSE_MS;
    this.#callProvider().then(
      (identity) => {
        this.#take(identity, number);
      },
      (error: unknown) => {
        if (question === this.#question) this.#fail(asProviderError(error));
      },
    );
  }

  #newQuestion(): Question {
    const { clock, limitMs } = this.#parts;
    let ends: Pick<Question, "resolve" | "reject"> | undefined;
    const answer = new Promise<Identity>((resolve, reject) => {
      ends = { resolve, reject };
    });
    // Nobody may be waiting: credentials that will expire are renewed beside the requests.
    answer.catch(() => undefined);
    const timer = clock.setTimer(limitMs, () => {
      this.#fail(providerError(`the credentials provider gave nothing within ${limitMs} ms`));
    });
    return { answer, timer, ...(ends as Pick<Question, "resolve" | "reject">) };
  }

  /** A provider of the caller's may throw, or give anything. */
  async #callProvider(): Promise<Identity> {
    const identity: Identity | undefined = await this.#parts.ask(this.#isRefused);
    if (typeof identity?.accessKeyId === "string") return identity;
    throw new Error("the credentials provider gave no access key");
  }

  #take(identity: Identity, number: number): void {
    // A provider that was left behind may answer after a later question.
    if (number < this.#answered) return;
    this.#answered = number;
    this.#error = undefined;
    const now = this.#parts.clock.now();
    const isNew = this.#held === undefined || !isSame(identity, this.#held);
    const hasProvenItself = now - this.#heldSince > PROVEN_AFTER_MS;
    this.#held = identity;
    if (isNew) {
      this.#heldSince = now;
      this.#isRefused = false;
    }
    if (isNew && hasProvenItself) this.#failures = 0;
    else if (isNew || this.#isRefused || this.#expiresWithin(0)) this.#pause(now);
    this.#end()?.resolve(identity);
  }

  #fail(error: Error): void {
    this.#error = error;
    this.#pause(this.#parts.clock.now());
    this.#end()?.reject(error);
  }

  #pause(now: number): void {
    this.#failures++;
    this.#notBefore = now + backoffMs(CREDENTIALS_BACKOFF, this.#failures, this.#parts.random);
  }

  #end(): Question | undefined {
    const question = this.#question;
    this.#question = undefined;
    question?.timer.cancel();
    return question;
  }

  #expiresWithin(ms: number): boolean {
    const expiration = this.#held?.expiration;
    return expiration !== undefined && expiration.getTime() - this.#parts.clock.epochNow() < ms;
  }
}

function isSame(one: Identity, other: Identity): boolean {
  return (
    one.accessKeyId === other.accessKeyId &&
    one.secretAccessKey === other.secretAccessKey &&
    one.sessionToken === other.sessionToken
  );
}

/** As the SDK's own providers call it when they have none. Never of Kinesis, whatever the provider's own service said. */
function providerError(message: string, cause?: unknown): Error {
  const error = new Error(message, { cause });
  error.name = "CredentialsProviderError";
  return error;
}

function asProviderError(error: unknown): Error {
  if (!(error instanceof Error)) return providerError(String(error), error);
  const { code } = error as { readonly code?: unknown };
  const name = typeof code === "string" ? code : error.name;
  const isPlain = name === "Error" || name === "CredentialsProviderError";
  return providerError(isPlain ? error.message : `${name}: ${error.message}`, error);
}
