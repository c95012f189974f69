import type { Clock } from "../core/ports.js";
import { Control, type ControlHook, type ControlledCall } from "./http/control.js";
import { preflightReply, readableAcross } from "./http/cross-origin.js";
import { answerFaults } from "./http/fault-endpoint.js";
import { answerOfError } from "./http/local-answer.js";
import { type LocalRequest, LocalServer } from "./http/local-server.js";
import { inProtocol, protocolOf, UNKNOWN_PROTOCOL } from "./http/protocol.js";
import { isPutRecords, readKinesisCall } from "./http/read-call.js";
import { type ServerCertificate, selfSignedCertificate } from "./http/self-signed-certificate.js";
import type { Protocol } from "./http/wire-protocol.js";
import type { OperationName } from "./operations/operations.js";
import { checkOptionsObject } from "./options-object.js";
import { KinesisControls } from "./service/kinesis-controls.js";
import type { KinesisServiceOptions } from "./service/kinesis-service.js";
import type { ServiceReply } from "./service/service-call.js";
import { DataDirectory } from "./storage/data-directory.js";
import { systemTime } from "./system-time.js";

/** Options of `LocalKinesis.start`. */
export interface LocalKinesisOptions extends KinesisServiceOptions {
  /** Port on the loopback interface; 0, the default, takes any free port. */
  readonly port?: number;
  /**
   * Speaks TLS with this key and certificate (PEM); configure the client to trust the certificate. With `true` it makes
   * its own certificate, for `localhost`, the loopback addresses, and the host names of the service and the account.
   */
  readonly tls?: ServerCertificate | boolean;
  /**
   * A directory that keeps the streams and their records for the next start; created when it does not exist. Without
   * it, nothing is kept. Every answered call is on disk before its answer, and survives any end of the process.
   */
  readonly dataDir?: string;
  /** The source of the service's time; the system's clock by default. Timers always use the system's clock. */
  readonly clock?: Pick<Clock, "epochNow">;
}

/**
 * Client options for a `LocalKinesis`: spread them into the options of a KinesisClient, or, without TLS, of a producer.
 */
export interface LocalClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /**
   * With TLS only: makes the client trust the certificate. They are options for the SDK's default handler, which speaks
   * HTTP/2; for HTTP/1.1 pass them to `new NodeHttpHandler(…)`.
   */
  readonly requestHandler?: LocalHandlerOptions;
}

/** Options of the SDK's handlers; each handler reads those that it knows. */
export interface LocalHandlerOptions {
  /** For HTTP/2: one connection for each request, the SDK's default. */
  readonly disableConcurrentStreams: true;
  readonly nodeHttp2ConnectOptions: { readonly ca: string };
  /** For HTTP/1.1. */
  readonly httpsAgent: { readonly keepAlive: true; readonly ca: string };
}

/**
 * A Kinesis inside this process: a server on the loopback interface that speaks the service's protocols, JSON
 * (`application/x-amz-json-1.1`) and CBOR (`application/x-amz-cbor-1.1`), over HTTP/1.1 and HTTP/2, all on one port.
 * Requests need no signature. By default there are no limits, changes of streams and shards are complete at once, and
 * every record is kept until `close`.
 *
 * The SDK's Kinesis client speaks HTTP/2 by default. For HTTP/1.1 set `requestHandler: new NodeHttpHandler()` of
 * `@smithy/node-http-handler`.
 *
 * @example
 * ```ts
 * const kinesis = await LocalKinesis.start({ streams: { clicks: { shards: 4 } } });
 * try {
 *   const client = new KinesisClient(kinesis.clientConfig());
 *   const remove = kinesis.control("PutRecords", (call) => {
 *     call.run(); // stored,
 *     return { kind: "destroy" }; // but never answered
 *   });
 *   remove();
 * } finally {
 *   await kinesis.close();
 * }
 * ```
 */
export class LocalKinesis extends KinesisControls implements AsyncDisposable {
  readonly #clock: Pick<Clock, "epochNow">;
  readonly #control = new Control();
  readonly #server: LocalServer;
  readonly #storage: DataDirectory | undefined;
  readonly #tls: ServerCertificate | undefined;
  #endpoint = "";

  private constructor(options: LocalKinesisOptions, storage: DataDirectory | undefined) {
    const { clock = systemTime, tls = false } = options;
    super(options, { epochNow: () => clock.epochNow(), setTimer: systemTime.setTimer }, storage);
    this.#storage = storage;
    this.#clock = clock;
    this.#tls = typeof tls === "object" ? tls : tls ? certificateFor(this.service.model.options) : undefined;
    this.#server = new LocalServer((request) => this.#answer(request), this.#tls, this.service.oracle);
    this.service.onRefuse = (ms) => this.#server.refuse(ms);
  }

  /**
   * Starts a server.
   *
   * @throws RangeError for a stream option out of range; DataDirectoryError when `dataDir` cannot be used; the error of
   *   `listen` when the port is taken
   */
  static async start(options: LocalKinesisOptions = {}): Promise<LocalKinesis> {
    checkOptionsObject(options, "LocalKinesis");
    const storage = await openStorage(options);
    try {
      const kinesis = new LocalKinesis(options, storage);
      const port = await kinesis.#server.listen(options.port ?? 0);
      kinesis.#endpoint = `${kinesis.#tls === undefined ? "http" : "https"}://127.0.0.1:${port}`;
      return kinesis;
    } catch (error) {
      storage?.close();
      throw error;
    }
  }

  /** `http://127.0.0.1:port`, or `https:` with TLS. */
  get endpoint(): string {
    return this.#endpoint;
  }

  /** The certificate to trust, PEM: the caller's, or the generated one. Undefined without TLS. */
  get certificate(): string | undefined {
    return this.#tls?.cert.toString();
  }

  /** Connections so far. */
  get connections(): number {
    return this.#server.opened;
  }

  /** Connections that are open now. */
  get openConnections(): number {
    return this.#server.open;
  }

  clientConfig(): LocalClientConfig {
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    const config = { endpoint: this.#endpoint, region: this.service.model.options.region, credentials };
    const ca = this.certificate;
    if (ca === undefined) return config;
    const requestHandler = {
      disableConcurrentStreams: true,
      nodeHttp2ConnectOptions: { ca },
      httpsAgent: { keepAlive: true, ca },
    } as const;
    return { ...config, requestHandler };
  }

  /**
   * Calls `hook` before every call of the operation that has a readable body. With several hooks the newest is asked
   * first, and the next one when it lets the call through.
   *
   * @returns a function that removes the hook
   */
  control(operation: OperationName, hook: ControlHook): () => void {
    return this.#control.add(operation, hook);
  }

  /** Calls so far: of one operation, or of all. */
  requests(operation?: OperationName): number {
    return operation === undefined ? this.#control.allCalls() : this.#control.calls(operation);
  }

  /** Calls so far by operation; operations without calls are absent. */
  requestCounts(): ReadonlyMap<OperationName, number> {
    return new Map(this.#control.counts);
  }

  /**
   * Stops listening and destroys every socket, also those of calls that a hook still holds. Then it releases the data
   * directory. May be called again.
   */
  async close(): Promise<void> {
    await this.#server.close();
    this.#storage?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #answer(request: LocalRequest): Promise<ServiceReply | "destroy"> {
    const faults = answerFaults(this.faults, request);
    if (faults !== undefined) return faults;
    const preflight = preflightReply(request);
    if (preflight !== undefined) return preflight;
    const protocol = protocolOf(request);
    if (protocol === undefined) return readableAcross(UNKNOWN_PROTOCOL, request.headers);
    const reply = await this.#reply(request, protocol);
    return reply === "destroy" ? reply : readableAcross(inProtocol(reply, protocol), request.headers);
  }

  async #reply(request: LocalRequest, protocol: Protocol): Promise<ServiceReply | "destroy"> {
    const counted = this.#countPuts(request, protocol);
    if (counted !== undefined) return counted;
    let call: Omit<ControlledCall, "index">;
    try {
      call = this.#readCall(request, protocol);
    } catch (error) {
      return answerOfError(error);
    }
    return this.#control.answer(call);
  }

  #countPuts({ headers, body }: LocalRequest, protocol: Protocol): ServiceReply | undefined {
    if (!isPutRecords(headers) || this.#control.isWatching("PutRecords")) return undefined;
    const reply = this.service.countPuts(body, protocol, this.#clock.epochNow());
    if (reply !== undefined) this.#control.count("PutRecords");
    return reply;
  }

  #readCall({ headers, body, connection }: LocalRequest, protocol: Protocol): Omit<ControlledCall, "index"> {
    const { operation, input, signature } = readKinesisCall(headers, body, protocol);
    const run = (): ServiceReply =>
      this.service.answer({ operation, input, now: this.#clock.epochNow(), ...signature });
    return { operation, input, headers, connection, run };
  }
}

async function openStorage({ dataDir, records }: LocalKinesisOptions): Promise<DataDirectory | undefined> {
  if (dataDir === undefined) return undefined;
  if (records === "count") {
    throw new RangeError('dataDir keeps records, and records: "count" forgets them: take one of the two');
  }
  return await DataDirectory.open(dataDir);
}

/**
 * The host names include those that a client builds from region and account; such a client connects its socket to this
 * machine.
 */
function certificateFor({
  region,
  accountId,
}: {
  readonly region: string;
  readonly accountId: string;
}): ServerCertificate {
  const dns = [
    "localhost",
    `kinesis.${region}.amazonaws.com`,
    `${accountId}.data-kinesis.${region}.amazonaws.com`,
    `${accountId}.control-kinesis.${region}.amazonaws.com`,
  ];
  const ipv6Loopback = Uint8Array.from({ length: 16 }, (_, index) => (index === 15 ? 1 : 0));
  return selfSignedCertificate({ dns, addresses: [Uint8Array.of(127, 0, 0, 1), ipv6Loopback] }, Date.now());
}
