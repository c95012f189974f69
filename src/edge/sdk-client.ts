import type { Agent } from "node:http";

import type { KinesisClient, KinesisClientConfig } from "@aws-sdk/client-kinesis";

import type { Clock } from "../core/ports.js";
import { DIRECTORY_CALLS_AT_ONCE } from "../quotas.js";
import { foreignCredentials, ownCredentials } from "./client-credentials.js";
import type { Sdk } from "./lazy-sdk.js";
import { type Agents, limitedAgents, type TlsSettings } from "./limited-agents.js";
import type { ProxyRule } from "./proxy-settings.js";
import type { SharedCredentials } from "./shared-credentials.js";
import { SplitHandler } from "./split-handler.js";
import { SystemClock } from "./system-clock.js";
import { systemRandom } from "./system-random.js";

/** The options of a client. */
export interface ClientSettings {
  readonly client?: KinesisClient | undefined;
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly credentials?: KinesisClientConfig["credentials"] | undefined;
  /** Makes the connections in place of the producer's agents. */
  readonly agent?: Agent | undefined;
  readonly tls?: TlsSettings | undefined;
  readonly proxy?: ProxyRule | undefined;
  /** Longest wait for a connection; the KPL waits 6 s, and as long again for the answer. */
  readonly connectTimeoutMs?: number | undefined;
}

/** A client that was made here, with its agents and credentials. */
export interface OwnClient {
  /** The SDK of the client. */
  readonly sdk: Sdk;
  readonly client: KinesisClient;
  /** The agents of PutRecords. */
  readonly agents: Agents;
  readonly credentials: SharedCredentials;
}

const CONNECT_TIMEOUT_MS = 5_000;
/**
 * The share of a request's time limit that connecting may take. If it were the whole limit, the request's timer could
 * fire first, and it would be unknown whether a byte was sent.
 */
const BEFORE_SENDING_SHARE = 0.8;

/** A client that is made on first use: a producer that sends nothing opens nothing. */
export class LazyClient {
  readonly #settings: ClientSettings;
  readonly #maxInFlight: number;
  readonly #requestTimeoutMs: number;
  readonly #clock: Clock;
  #own: OwnClient | undefined;
  #foreign: SharedCredentials | undefined;
  #isClosed = false;

  /** @param clock - the producer's clock, for all time limits */
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

  /** @throws Error after {@link close}: a later request would open sockets that are never closed */
  readonly get = (sdk: Sdk): KinesisClient => {
    const { client } = this.#settings;
    if (client === undefined) return this.own(sdk).client;
    this.#refuseWhenClosed();
    return client;
  };

  /**
   * The client that is made here, even if the caller passed one.
   *
   * @throws Error after {@link close}
   */
  readonly own = (sdk: Sdk): OwnClient => {
    this.#refuseWhenClosed();
    this.#own ??= this.#make(sdk);
    return this.#own;
  };

  /**
   * The credentials of the client that {@link get} returns.
   *
   * @throws Error after {@link close}
   */
  readonly credentials = (sdk: Sdk): SharedCredentials => {
    const { client } = this.#settings;
    if (client === undefined) return this.own(sdk).credentials;
    this.#refuseWhenClosed();
    this.#foreign ??= foreignCredentials(client, this.#credentialsSettings());
    return this.#foreign;
  };

  /** Closes the sockets of a client that was made here. The caller closes a client that it passed. */
  readonly close = (): void => {
    this.#isClosed = true;
    this.#own?.client.destroy();
    if (this.#settings.agent === undefined) for (const agent of Object.values(this.#own?.agents ?? {})) agent.destroy();
    this.#own?.credentials.close();
    this.#foreign?.close();
  };

  #refuseWhenClosed(): void {
    if (this.#isClosed) throw new Error("the producer's client is closed");
  }

  /**
   * HTTP/1.1 with keep-alive, and without the client's retries: the producer retries, and must see every refusal. The
   * SDK's default would open a TLS and HTTP/2 session for every request. The callers limit the time of requests
   * (`time-limit`). Only the time to connect is limited here, because only the socket knows whether it is connected.
   */
  #make(sdk: Sdk): OwnClient {
    const { region, endpoint, credentials } = this.#settings;
    const ownsAgents = this.#settings.agent === undefined;
    const agents = this.#agents(this.#maxInFlight);
    const others = this.#agents(DIRECTORY_CALLS_AT_ONCE);
    const client = new sdk.KinesisClient({
      ...(region === undefined ? {} : { region }),
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(credentials === undefined ? {} : { credentials }),
      maxAttempts: 1,
      requestHandler: new SplitHandler(
        new sdk.ExchangeHandler(agents, ownsAgents),
        new sdk.ExchangeHandler(others, ownsAgents),
      ),
    });
    return { sdk, client, agents, credentials: ownCredentials(client, credentials, this.#credentialsSettings()) };
  }

  #agents(maxSockets: number): Agents {
    const { agent, tls, proxy, connectTimeoutMs = CONNECT_TIMEOUT_MS } = this.#settings;
    if (agent !== undefined) return { "http:": agent, "https:": agent as Agents["https:"] };
    const beforeSendingMs = Math.ceil(this.#requestTimeoutMs * BEFORE_SENDING_SHARE);
    const limitMs = Math.min(connectTimeoutMs, beforeSendingMs);
    return limitedAgents({ connectTimeoutMs: limitMs, clock: this.#clock, tls, proxy, maxSockets });
  }

  #credentialsSettings() {
    return { clock: this.#clock, random: systemRandom, limitMs: this.#requestTimeoutMs };
  }
}
