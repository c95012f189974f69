import type { Agent } from "node:http";

import { HttpResponse } from "@smithy/core/protocols";
import { NodeHttpHandler } from "@smithy/node-http-handler";

import { exchange, type HttpTarget } from "./http-exchange.js";

type SdkRequest = Parameters<NodeHttpHandler["handle"]>[0];
type SdkOptions = Parameters<NodeHttpHandler["handle"]>[1];
type SdkAnswer = Awaited<ReturnType<NodeHttpHandler["handle"]>>;

/** The agents for requests; they limit the time that a new connection may take. */
type ExchangeAgents = { readonly "http:": Agent; readonly "https:": Agent };

/**
 * Sends the Kinesis requests of the SDK's client as the producer sends its own. So a failure shows how far the request
 * had come, and a dead connection closes the idle ones. Other requests go through the SDK's handler for Node:
 * credential providers use the handler of their client.
 */
export class ExchangeHandler {
  /** The same value as the SDK's handler has: credential providers read it. */
  readonly metadata = { handlerProtocol: "http/1.1" } as const;
  readonly #agents: ExchangeAgents;
  readonly #others: NodeHttpHandler;
  readonly #ownsAgents: boolean;

  /** @param ownsAgents - false for agents of the caller, who closes them */
  constructor(agents: ExchangeAgents, ownsAgents = true) {
    this.#agents = agents;
    this.#ownsAgents = ownsAgents;
    this.#others = new NodeHttpHandler({ httpAgent: agents["http:"], httpsAgent: agents["https:"] });
  }

  handle(request: SdkRequest, options: SdkOptions = {}): Promise<SdkAnswer> {
    return request.headers["x-amz-target"]?.startsWith("Kinesis_") === true
      ? this.#exchange(request, options)
      : this.#others.handle(request, options);
  }

  updateHttpClientConfig(...change: Parameters<NodeHttpHandler["updateHttpClientConfig"]>): void {
    this.#others.updateHttpClientConfig(...change);
  }

  httpHandlerConfigs(): ReturnType<NodeHttpHandler["httpHandlerConfigs"]> {
    return this.#others.httpHandlerConfigs();
  }

  destroy(): void {
    if (!this.#ownsAgents) return;
    // The SDK's handler knows its agents only after its first use.
    for (const agent of Object.values(this.#agents)) agent.destroy();
    this.#others.destroy();
  }

  async #exchange(
    { protocol, hostname, port, path, headers, body }: SdkRequest,
    options: SdkOptions,
  ): Promise<SdkAnswer> {
    const target: HttpTarget = {
      protocol: protocol === "https:" ? "https:" : "http:",
      hostname: hostname.replace(/^\[(.*)\]$/, "$1"),
      port,
      path,
    };
    const signal = options?.abortSignal as AbortSignal | undefined;
    const way = { agent: this.#agents[target.protocol], signal };
    const answer = await exchange(target, headers, bytesOf(body), way);
    return { response: new HttpResponse({ ...answer, headers: textsOf(answer.headers) }) };
  }
}

/** The bytes of a body as the SDK writes it; the SDK's own byte type prints a warning when it is used as a string. */
function bytesOf(body: unknown): Buffer {
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return Buffer.from(typeof body === "string" ? body : "");
}

function textsOf(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) texts[name] = String(value);
  return texts;
}
