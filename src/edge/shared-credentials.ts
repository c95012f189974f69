import type { KinesisClientResolvedConfig } from "@aws-sdk/client-kinesis";

import { classifyRequest } from "../core/failure-class.js";
import { backoffMs, CREDENTIALS_BACKOFF } from "../core/pacing/retry-policy.js";
import type { Clock, Random, RequestFailure, TimerHandle } from "../core/ports.js";

/** Credentials as the client's provider returns them. */
export type Identity = Awaited<ReturnType<KinesisClientResolvedConfig["credentials"]>>;

export interface CredentialsParts {
  /**
   * Asks the provider.
   *
   * @param isForced - the service refused the credentials in use: a provider must not return them from its cache
   */
  readonly ask: (isForced: boolean) => Promise<Identity>;
  readonly clock: Clock;
  readonly random: Random;
  /** How long requests wait for one answer of the provider, in milliseconds. */
  readonly limitMs: number;
  /** The credentials are constant, without a provider: if they are refused, they stay refused. */
  readonly isConstant?: boolean;
  /** Credentials in use before the provider was asked. */
  readonly initial?: Identity;
}

/** A call of the provider without an answer yet. All requests that need credentials wait for the same call. */
interface Question {
  readonly answer: Promise<Identity>;
  readonly resolve: (identity: Identity) => void;
  readonly reject: (error: Error) => void;
  readonly timer: TimerHandle;
}

/** The provider is asked for new credentials this long before the present ones expire, as the SDK does. */
const RENEW_BEFORE_MS = 300_000;
/** Pause between such calls while the credentials in use are good. */
const RENEW_PAUSE_MS = 30_000;
/** Credentials that were good for this long had no part in earlier failures. */
const PROVEN_AFTER_MS = 60_000;

/**
 * The credentials of all requests of a producer. One call of the provider serves all requests (rule 16). If the service
 * refuses the credentials, the provider is asked again, with pauses, as long as a request needs them. No request waits
 * longer than `limitMs`.
 *
 * A call that is not answered within `limitMs` is given up: the next call does not wait for it. The SDK's cache would
 * return the promise of the first call to every caller, for ever. A late answer still counts.
 */
export class SharedCredentials {
  readonly #parts: CredentialsParts;
  #held: Identity | undefined;
  #heldSince: number = Number.NEGATIVE_INFINITY;
  #isRefused = false;
  #question: Question | undefined;
  /** Number of the last call, and of the call that returned the held credentials. */
  #asked = 0;
  #answered = 0;
  /** Why the last call failed; undefined after a success. */
  #error: Error | undefined;
  /** Calls in a row without new credentials. */
  #failures = 0;
  #notBefore: number = Number.NEGATIVE_INFINITY;
  #renewNotBefore: number = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor(parts: CredentialsParts) {
    this.#parts = parts;
    this.#held = parts.initial;
  }

  /**
   * The credentials to sign with. Waits for the provider only if no held credentials can be good.
   *
   * @returns rejects with a `CredentialsProviderError` if there are no credentials and the pause has not ended
   */
  get(): Promise<Identity> {
    const isNeeded = this.#held === undefined || this.#isRefused || this.#expiresWithin(0);
    const now = this.#parts.clock.now();
    if (this.#question === undefined && !this.#isClosed) {
      if (isNeeded ? now >= this.#notBefore : now >= this.#renewNotBefore && this.#expiresWithin(RENEW_BEFORE_MS))
        this.#ask(now);
    }
    if (isNeeded && this.#question !== undefined) return this.#question.answer;
    // Credentials that have expired by this machine's clock may be good by the service's clock, and are better than
    // none.
    if (this.#held !== undefined && !(this.#isRefused && this.#error !== undefined)) return Promise.resolve(this.#held);
    return Promise.reject(this.#error ?? providerError("the producer's client is closed"));
  }

  /** The service took a request that was signed with these credentials. */
  onAccepted(used: Identity): void {
    if (used === this.#held) this.#isRefused = false;
  }

  /**
   * Looks at a failed request. After a refusal of the credentials, the provider is asked again.
   *
   * @param used - the credentials of the request; a refusal of earlier ones says nothing about those in use
   * @returns the failure; it is final if there is no provider to ask for other credentials
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

  /** Rejects the requests that wait. */
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
    // It is possible that no request waits: credentials are renewed before they expire, beside the requests.
    answer.catch(() => undefined);
    const timer = clock.setTimer(limitMs, () => {
      this.#fail(providerError(`the credentials provider did not answer within ${limitMs} ms`));
    });
    return { answer, timer, ...(ends as Pick<Question, "resolve" | "reject">) };
  }

  /** A caller's provider may throw, or return any value. */
  async #callProvider(): Promise<Identity> {
    const identity: Identity | undefined = await this.#parts.ask(this.#isRefused);
    if (typeof identity?.accessKeyId === "string") return identity;
    throw new Error("the credentials provider returned no access key");
  }

  #take(identity: Identity, number: number): void {
    // A call that was given up may be answered after a later call.
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

/**
 * The SDK's providers use this name when they have no credentials. Never a code of Kinesis, even if the provider's own
 * service returned one.
 */
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
