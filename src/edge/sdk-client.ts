import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";

import { KinesisClient, type KinesisClientConfig, type KinesisClientResolvedConfig } from "@aws-sdk/client-kinesis";

import { ExchangeHandler, noteWhatIsNeverSent } from "./exchange-handler.js";

/** What a client is made of. */
export interface ClientSettings {
  readonly client?: KinesisClient;
  readonly region?: string;
  readonly endpoint?: string;
  readonly credentials?: NonNullable<KinesisClientConfig["credentials"]>;
}

/** A client that was made here, and the connections that are shared with it. */
export interface OwnClient {
  readonly client: KinesisClient;
  readonly agents: { readonly "http:": HttpAgent; readonly "https:": HttpsAgent };
  /** Milliseconds that a new connection may take. */
  readonly connectTimeoutMs: number;
}

type AwsCredentialIdentityProvider = KinesisClientResolvedConfig["credentials"];

/** Longest wait for a connection; the KPL waits 6 s, and as long again for the answer. */
const CONNECT_TIMEOUT_MS = 5_000;
/**
 * Part of a request's time limit that credentials, and a connection, may take: were it all of it, the request's own timer
 * could fire first, and whether anything had been sent would not be known.
 */
const BEFORE_SENDING_SHARE = 0.8;
/**
 * Idle connections are closed after this time, before something on the way forgets them, often without a word: an Application
 * Load Balancer after 60 s ("Edit attributes for your Application Load Balancer", Elastic Load Balancing), a Network Load
 * Balancer and the connection tracking of newer EC2 instances after 350 s ("Introducing NLB TCP configurable idle timeout",
 * AWS Networking Blog; ConnectionTrackingConfiguration, Amazon EC2 API Reference; read 2026-11-28). With a limit Node also
 * obeys a server that says how long it waits (`Keep-Alive: timeout=5`).
 */
const IDLE_CONNECTION_MS = 30_000;
/** Connections beside those of PutRecords: ListShards and DescribeStreamSummary must not wait behind a full window. */
const SPARE_SOCKETS = 4;

/** A client, made on first use so that a producer that sends nothing opens nothing. */
export class LazyClient {
  readonly #settings: ClientSettings;
  readonly #maxInFlight: number;
  readonly #requestTimeoutMs: number;
  #own: OwnClient | undefined;
  #isClosed = false;

  constructor(settings: ClientSettings, maxInFlight: number, requestTimeoutMs: number) {
    this.#settings = settings;
    this.#maxInFlight = maxInFlight;
    this.#requestTimeoutMs = requestTimeoutMs;
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

  /** Closes the sockets of a client made here; one that was handed in is its owner's. */
  readonly close = (): void => {
    this.#isClosed = true;
    this.#own?.client.destroy();
    for (const agent of Object.values(this.#own?.agents ?? {})) agent.destroy();
  };

  #refuseWhenClosed(): void {
    if (this.#isClosed) throw new Error("the producer's client is closed");
  }

  /**
   * HTTP/1.1 with keep-alive, and no retries of its own: retrying is the producer's job, and it must see every refusal. The
   * SDK's default would open a TLS and HTTP/2 session for every request. Time limits are the caller's (`time-limit`), but
   * for the connection's: only the handler knows whether there is one.
   */
  #make(): OwnClient {
    const { region, endpoint, credentials } = this.#settings;
    const beforeSendingMs = Math.ceil(this.#requestTimeoutMs * BEFORE_SENDING_SHARE);
    const connectTimeoutMs = Math.min(CONNECT_TIMEOUT_MS, beforeSendingMs);
    // The connection used last goes first, which is Node's default: it is the least likely to have been closed by the other
    // side unnoticed, and those that are not needed any more are left to be.
    const agent = {
      keepAlive: true,
      maxSockets: this.#maxInFlight + SPARE_SOCKETS,
      scheduling: "lifo",
      timeout: IDLE_CONNECTION_MS,
    } as const;
    const agents = { "http:": new HttpAgent(agent), "https:": new HttpsAgent(agent) };
    const client = new KinesisClient({
      ...(region === undefined ? {} : { region }),
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(credentials === undefined ? {} : { credentials }),
      maxAttempts: 1,
      requestHandler: new ExchangeHandler({ agents, connectTimeoutMs }),
    });
    noteWhatIsNeverSent(client);
    limitCredentials(client, beforeSendingMs);
    return { client, agents, connectTimeoutMs };
  }
}

/**
 * Credentials come before the request, and nothing of a provider that never answers tells that nothing was sent: it has a
 * time limit of its own, that ends first.
 */
function limitCredentials({ config }: KinesisClient, limitMs: number): void {
  const provide: AwsCredentialIdentityProvider = config.credentials;
  const limited: AwsCredentialIdentityProvider = (options) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const error = new Error(`the credentials provider gave nothing within ${limitMs} ms`);
        // As the SDK's own providers call it when they have none.
        error.name = "CredentialsProviderError";
        reject(error);
      }, limitMs);
      provide(options)
        .then(resolve, reject)
        .finally(() => {
          clearTimeout(timer);
        });
    });
  // What is wrapped keeps the credentials until they expire; the SDK need not keep them a second time.
  config.credentials = Object.assign(limited, { memoized: true });
}
