import type { ClientRequest } from "node:http";
import type { Socket } from "node:net";

/** How far an exchange had come when it failed. */
export interface FailedExchange {
  /** Whether a byte of the request may have left this process. */
  readonly hasLeft: boolean;
  /**
   * Whether its connection had answered an earlier request and gave not a byte for this one: the other side may have forgotten
   * the connection while it was idle.
   */
  readonly isStale: boolean;
}

/** What is known of failures, apart from their names. Weak, so that the errors need no field that a reader would see. */
const FAILED: WeakMap<Error, FailedExchange> = new WeakMap();

/** Remembers how far the exchange had come that ended with this error. The first word counts. */
export function noteFailedExchange(error: Error, failed: FailedExchange): void {
  if (!FAILED.has(error)) FAILED.set(error, failed);
}

/** How far the exchange had come that ended with this error; undefined where nobody followed it. */
export function failedExchange(error: Error): FailedExchange | undefined {
  return FAILED.get(error);
}

/**
 * Follows a request to its connection. Bytes leave once the connection is made, a TLS handshake included: until then Node
 * holds the request back, whatever the network reports.
 */
export class ExchangeProgress implements FailedExchange {
  #socket: Socket | undefined;
  #isConnected = false;
  #isReused = false;
  #bytesReadBefore = 0;

  constructor(sent: ClientRequest, isSecure: boolean) {
    sent.once("socket", (socket) => {
      this.#socket = socket;
      this.#bytesReadBefore = socket.bytesRead;
      if (isConnecting(socket)) {
        socket.once(isSecure ? "secureConnect" : "connect", () => {
          this.#isConnected = true;
        });
        return;
      }
      this.#isConnected = true;
      // A request that had to wait for a connection is not told by Node that it is used again.
      this.#isReused = sent.reusedSocket || socket.bytesRead > 0;
    });
  }

  get hasLeft(): boolean {
    return this.#isConnected;
  }

  get isStale(): boolean {
    return this.#isReused && this.#socket?.bytesRead === this.#bytesReadBefore;
  }
}

/** A pooled connection may still be in the making: the request it was made for can have been aborted. */
function isConnecting(socket: Socket & { readonly secureConnecting?: boolean }): boolean {
  return socket.connecting || socket.secureConnecting === true;
}
