import type { Clock, ShardDescription } from "../core/ports.js";
import { Control, type ControlHook, type ControlledCall } from "./http/control.js";
import { answerOfError, type LocalAnswer, operationOf, parseInput, runOperation } from "./http/local-answer.js";
import { type LocalRequest, LocalServer, type ServerCertificate } from "./http/local-server.js";
import { KinesisModel } from "./kinesis-model/kinesis-model.js";
import type { StoredRecord } from "./kinesis-model/shard.js";
import type { StreamOptions } from "./kinesis-model/stream-settings.js";
import { NAME_RULE } from "./operations/input-fields.js";
import type { OperationName } from "./operations/operations.js";

/** What `LocalKinesis.start` takes. */
export interface LocalKinesisOptions {
  /** Port on the loopback interface; 0, the default, takes any that is free. */
  readonly port?: number;
  /** Streams that are there from the start, by name. */
  readonly streams?: Readonly<Record<string, StreamOptions>>;
  /** Speaks TLS with this key and certificate (PEM), which the client must be told to trust. */
  readonly tls?: ServerCertificate;
  /** `"us-east-1"` by default. */
  readonly region?: string;
  /** Twelve digits; `"000000000000"` by default. */
  readonly accountId?: string;
  /** Where arrival times come from; the system's clock by default. */
  readonly clock?: Pick<Clock, "epochNow">;
}

/** What a client needs to know of a `LocalKinesis`: spread it into the options of a KinesisClient or a producer. */
export interface LocalClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/**
 * A Kinesis inside this process: an HTTP/1.1 server on the loopback interface that speaks the service's JSON protocol
 * (`application/x-amz-json-1.1`). Requests need not be signed. Changes of streams and shards are complete at once, and
 * every record is kept until `close`.
 *
 * The SDK's Kinesis client speaks HTTP/2 unless it is given another handler: give it
 * `requestHandler: new NodeHttpHandler()` of `@smithy/node-http-handler`.
 *
 * @example
 * ```ts
 * const kinesis = await LocalKinesis.start({ streams: { clicks: { shards: 4 } } });
 * try {
 *   const client = new KinesisClient({ ...kinesis.clientConfig(), requestHandler: new NodeHttpHandler() });
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
export class LocalKinesis implements AsyncDisposable {
  readonly #model: KinesisModel;
  readonly #clock: Pick<Clock, "epochNow">;
  readonly #control = new Control();
  readonly #server: LocalServer;
  #endpoint = "";

  private constructor(options: LocalKinesisOptions) {
    const {
      streams = {},
      region = "us-east-1",
      accountId = "000000000000",
      clock = { epochNow: () => Date.now() },
    } = options;
    this.#clock = clock;
    this.#model = new KinesisModel({ region, accountId });
    for (const [name, stream] of Object.entries(streams)) this.createStream(name, stream);
    this.#server = new LocalServer((request) => this.#answer(request), options.tls);
  }

  /**
   * Starts one.
   *
   * @throws RangeError for a stream option out of range; the error of `listen` when the port is taken
   */
  static async start(options: LocalKinesisOptions = {}): Promise<LocalKinesis> {
    const kinesis = new LocalKinesis(options);
    const port = await kinesis.#server.listen(options.port ?? 0);
    kinesis.#endpoint = `${options.tls === undefined ? "http" : "https"}://127.0.0.1:${port}`;
    return kinesis;
  }

  /** `http://127.0.0.1:port`, or `https:` with TLS. */
  get endpoint(): string {
    return this.#endpoint;
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
    return { endpoint: this.#endpoint, region: this.#model.options.region, credentials };
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

  /**
   * Every stored Kinesis record, shard by shard, each shard in its order. The bytes are the store's own: do not change
   * them.
   */
  records(stream: string): StoredRecord[] {
    return this.#model.stream(stream).shards.flatMap((shard) => shard.records);
  }

  /** Every shard, closed ones too, in the order of their numbers. */
  shards(stream: string): ShardDescription[] {
    return this.#model.stream(stream).describeShards();
  }

  /** @throws ServiceError when the name is taken; RangeError for a name or an option out of range */
  createStream(name: string, options: StreamOptions = {}): void {
    if (NAME_RULE.pattern?.test(name) !== true || name.length > 128) throw new RangeError(`no stream name: ${name}`);
    this.#model.createStream(name, options, this.#clock.epochNow());
  }

  /**
   * Splits an open shard, by default in the middle.
   *
   * @param secondStart - first hash key of the second child
   * @returns ids of the children, in the order of their ranges
   */
  splitShard(stream: string, shardId: string, secondStart?: bigint): [string, string] {
    const [low, high] = this.#model.stream(stream).splitShard(shardId, this.#clock.epochNow(), secondStart);
    return [low.shardId, high.shardId];
  }

  /** Merges two adjacent open shards; returns the id of the child. */
  mergeShards(stream: string, shardId: string, adjacentShardId: string): string {
    return this.#model.stream(stream).mergeShards(shardId, adjacentShardId, this.#clock.epochNow()).shardId;
  }

  /** Reshards to `count` even ranges, whatever the number before; returns the ids of the open shards by range. */
  updateShardCount(stream: string, count: number): string[] {
    if (!Number.isInteger(count) || count < 1 || count > 10_000) {
      throw new RangeError(`the shard count must be 1 to 10,000, got ${count}`);
    }
    const model = this.#model.stream(stream);
    model.updateShardCount(count, this.#clock.epochNow());
    return model.openShards.map((shard) => shard.shardId);
  }

  /** Stops listening and destroys every socket, also under calls that a hook still holds. May be called again. */
  close(): Promise<void> {
    return this.#server.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #answer(request: LocalRequest): Promise<LocalAnswer | "destroy"> {
    const { method, headers } = request;
    const isJson = headers["content-type"]?.startsWith("application/x-amz-json-1.1") === true;
    // As the service answers a protocol it does not speak.
    if (method !== "POST" || !isJson) return { statusCode: 404, body: { __type: "UnknownOperationException" } };
    let call: Omit<ControlledCall, "index">;
    try {
      call = this.#readCall(request);
    } catch (error) {
      return answerOfError(error);
    }
    return this.#control.answer(call);
  }

  #readCall({ headers, body, connection }: LocalRequest): Omit<ControlledCall, "index"> {
    const operation = operationOf(headers["x-amz-target"] as string | undefined);
    const input = parseInput(body);
    const run = (): LocalAnswer => runOperation(operation, input, { model: this.#model, now: this.#clock.epochNow() });
    return { operation, input, headers, connection, run };
  }
}
