import { KinesisClient, type KinesisClientConfig } from "@aws-sdk/client-kinesis";

import type { Clock } from "../core/ports.js";
import { DIRECTORY_CALLS_AT_ONCE } from "../quotas.js";
import { foreignCredentials, ownCredentials } from "./client-credentials.js";
import { ExchangeHandler } from "./exchange-handler.js";
import { type Agents, limitedAgents } from "./limited-agents.js";
import type { SharedCredentials } from "./shared-credentials.js";
import { SplitHandler } from "./split-handler.js";
import { SystemClock } from "./system-clock.js";
import { systemRandom } from "./system-random.js";

/** What a client is made of. */
export interface ClientSettings {
  readonly client?: KinesisClient | undefined;
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly credentials?: KinesisClientConfig["credentials"] | undefined;
}

/** A client that was made here, and what is shared with it. */
export interface OwnClient {
  readonly client: KinesisClient;
  /** Of PutRecords. */
  readonly agents: Agents;
  readonly credentials: SharedCredentials;
}

/** Longest wait for a connection; the KPL waits 6 s, and as long again for the answer. */
const CONNECT_TIMEOUT_MS = 5_000;
/**
 * Part of a request's time limit that a connection may take: were it all of it, the request's own timer could fire first, and
 * whether anything had been sent would not be known.
 */
const BEFORE_SENDING_SHARE = 0.8;

/** A client, made on first use so that a producer that sends nothing opens nothing. */
export class LazyClient {
  readonly #settings: ClientSettings;
  readonly #maxInFlight: number;
  readonly #requestTimeoutMs: number;
  readonly #clock: Clock;
  #own: OwnClient | undefined;
  #foreign: SharedCredentials | undefined;
  #isClosed = false;

  /** @param clock - of all time limits: the producer's */
  constructor(
    settings: ClientSettings,
    maxInFlight: number,
    requestTimeoutMs: number,
    clock: Clock = new SystemClock(),
  ) {
    this.#settings = settings;
    this.#maxInFlight = maxInFlight;
    this.#requestTimeoutMs = requestTimeoutMs;
    this.#clock = clock;
  }

  /** @throws Error after {@link close}: a request then would open sockets that nobody closes */
  readonly get = (): KinesisClient => {
    const { client } = this.#settings;
    if (client === undefined) return this.own().client;
    this.#refuseWhenClosed();
    return client;
  };

  /**
   * The client that is made here, even if one was handed in.
   *
   * @throws Error after {@link close}
   */
  readonly own = (): OwnClient => {
    this.#refuseWhenClosed();
    this.#own ??= this.#make();
    return this.#own;
  };

  /**
   * The credentials of the client that {@link get} gives.
   *
   * @throws Error after {@link close}
   */
  readonly credentials = (): SharedCredentials => {
    const { client } = this.#settings;
    if (client === undefined) return this.own().credentials;
    this.#refuseWhenClosed();
    this.#foreign ??= foreignCredentials(client, this.#credentialsSettings());
    return this.#foreign;
  };

  /** Closes the sockets of a client made here; one that was handed in is its owner's. */
  readonly close = (): void => {
    this.#isClosed = true;
    this.#own?.client.destroy();
    for (const agent of Object.values(this.#own?.agents ?? {})) agent.destroy();
    this.#own?.credentials.close();
    this.#foreign?.close();
  };

  #refuseWhenClosed(): void {
    if (this.#isClosed) throw new Error("the producer's client is closed");
  }

  /**
   * HTTP/1.1 with keep-alive, and no retries of its own: retrying is the producer's job, and it must see every refusal. The
   * SDK's default would open a TLS and HTTP/2 session for every request. Time limits are the caller's (`time-limit`), but
   * for the connection's: only the socket knows whether there is one.
   */
  #make(): OwnClient {
    const { region, endpoint, credentials } = this.#settings;
    const beforeSendingMs = Math.ceil(this.#requestTimeoutMs * BEFORE_SENDING_SHARE);
    const limits = { connectTimeoutMs: Math.min(CONNECT_TIMEOUT_MS, beforeSendingMs), clock: this.#clock };
    const agents = limitedAgents({ ...limits, maxSockets: this.#maxInFlight });
    const others = limitedAgents({ ...limits, maxSockets: DIRECTORY_CALLS_AT_ONCE });
    const client = new KinesisClient({
      ...(region === undefined ? {} : { region }),
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(credentials === undefined ? {} : { credentials }),
      maxAttempts: 1,
      requestHandler: new SplitHandler(new ExchangeHandler(agents), new ExchangeHandler(others)),
    });
    return { client, agents, credentials: ownCredentials(client, credentials, this.#credentialsSettings()) };
  }

  #credentialsSettings() {
    return { clock: this.#clock, random: systemRandom, limitMs: this.#requestTimeoutMs };
  }
}
