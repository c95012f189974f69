import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { Duplex } from "node:stream";

/** A connection without a network. The test moves it through its phases. */
export class ScriptedSocket extends Duplex {
  connecting = true;
  secureConnecting: boolean;
  bytesRead = 0;
  timeout = 0;
  /** Bytes written after the connection was made. */
  written = "";
  #held: (() => void) | undefined;
  #isStuck = false;

  constructor(isSecure: boolean) {
    super();
    this.secureConnecting = isSecure;
  }

  /** TCP connects. The TLS handshake, if any, is not done. */
  connect(): void {
    this.connecting = false;
    this.emit("connect");
    this.#write();
  }

  /** The TLS handshake is done. */
  secure(): void {
    this.secureConnecting = false;
    this.emit("secureConnect");
    this.#write();
  }

  /** From now on only part of the written bytes leaves. */
  stick(): void {
    this.#isStuck = true;
  }

  answer(text: string | Buffer): void {
    this.bytesRead += text.length;
    this.push(text);
  }

  override _read(): void {}

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.#held = () => {
      this.written += chunk.toString("latin1");
      if (!this.#isStuck) done();
    };
    this.#write();
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setTimeout(timeoutMs: number): this {
    this.timeout = timeoutMs;
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  #write(): void {
    if (this.connecting || this.secureConnecting) return;
    const held = this.#held;
    this.#held = undefined;
    held?.();
  }
}

/** An agent whose connections are scripted. */
export interface ScriptedAgent {
  readonly agent: HttpAgent;
  /** Every connection so far. */
  readonly sockets: ScriptedSocket[];
}

/** @returns an agent that keeps connections for further requests, like the agent of the producer */
export function scriptedAgent(protocol: "http:" | "https:", maxSockets = 10): ScriptedAgent {
  const isSecure = protocol === "https:";
  const sockets: ScriptedSocket[] = [];
  const agent = new (isSecure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets, scheduling: "lifo" });
  const createConnection = (): ScriptedSocket => {
    const socket = new ScriptedSocket(isSecure);
    sockets.push(socket);
    return socket;
  };
  return { agent: Object.assign(agent, { createConnection }) as unknown as HttpAgent, sockets };
}
