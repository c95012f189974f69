import type { NodeHttpHandler } from "@smithy/node-http-handler";

type Handling = Pick<
  NodeHttpHandler,
  "metadata" | "handle" | "destroy" | "updateHttpClientConfig" | "httpHandlerConfigs"
>;

/**
 * A `requestHandler` with separate connections for PutRecords and for all other requests: requests for shard maps never
 * wait behind records, nor records behind them.
 */
export class SplitHandler implements Handling {
  readonly metadata: { readonly handlerProtocol: string };
  readonly #putRecords: Handling;
  readonly #others: Handling;

  constructor(putRecords: Handling, others: Handling) {
    this.#putRecords = putRecords;
    this.#others = others;
    this.metadata = putRecords.metadata;
  }

  handle(...args: Parameters<NodeHttpHandler["handle"]>): ReturnType<NodeHttpHandler["handle"]> {
    const { headers } = args[0];
    const isPutRecords = headers["x-amz-target"]?.endsWith(".PutRecords") === true;
    return (isPutRecords ? this.#putRecords : this.#others).handle(...args);
  }

  destroy(): void {
    this.#putRecords.destroy();
    this.#others.destroy();
  }

  updateHttpClientConfig(...args: Parameters<NodeHttpHandler["updateHttpClientConfig"]>): void {
    this.#putRecords.updateHttpClientConfig(...args);
    this.#others.updateHttpClientConfig(...args);
  }

  httpHandlerConfigs(): ReturnType<NodeHttpHandler["httpHandlerConfigs"]> {
    return this.#putRecords.httpHandlerConfigs();
  }
}
