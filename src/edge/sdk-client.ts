import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";

import { KinesisClient, type KinesisClientConfig } from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";

/** What a client is made of. */
export interface ClientSettings {
  readonly client?: KinesisClient;
  readonly region?: string;
  readonly endpoint?: string;
  readonly credentials?: NonNullable<KinesisClientConfig["credentials"]>;
}

/** Longest wait for a connection. Source: the KPL's ConnectTimeout default. */
const CONNECT_TIMEOUT_MS = 6_000;
/** Connections beside those of PutRecords: ListShards and DescribeStreamSummary must not wait behind a full window. */
const SPARE_SOCKETS = 4;

/** A client, made on first use so that a producer that sends nothing opens nothing. */
export class LazyClient {
  readonly #settings: ClientSettings;
  readonly #maxInFlight: number;
  readonly #requestTimeoutMs: number;
  #own: KinesisClient | undefined;

  constructor(settings: ClientSettings, maxInFlight: number, requestTimeoutMs: number) {
    this.#settings = settings;
    this.#maxInFlight = maxInFlight;
    this.#requestTimeoutMs = requestTimeoutMs;
  }

  readonly get = (): KinesisClient => {
    const { client } = this.#settings;
    if (client !== undefined) return client;
    this.#own ??= this.#make();
    return this.#own;
  };

  /** Closes the sockets of a client made here; one that was handed in is its owner's. */
  readonly close = (): void => {
    this.#own?.destroy();
  };

  /**
   * HTTP/1.1 with keep-alive and time limits, and no retries of its own: retrying is the producer's job, and it must see
   * every refusal. The SDK's default would open a TLS and HTTP/2 session for every request, and wait for ever.
   */
  #make(): KinesisClient {
    const { region, endpoint, credentials } = this.#settings;
    const agent = { keepAlive: true, maxSockets: this.#maxInFlight + SPARE_SOCKETS };
    return new KinesisClient({
      ...(region === undefined ? {} : { region }),
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(credentials === undefined ? {} : { credentials }),
      maxAttempts: 1,
      requestHandler: new NodeHttpHandler({
        httpAgent: new HttpAgent(agent),
        httpsAgent: new HttpsAgent(agent),
        connectionTimeout: Math.min(CONNECT_TIMEOUT_MS, this.#requestTimeoutMs),
        requestTimeout: this.#requestTimeoutMs,
        throwOnRequestTimeout: true,
        // The request timer stops at the headers; a body that stalls is ended by this one.
        socketTimeout: this.#requestTimeoutMs,
      }),
    });
  }
}
