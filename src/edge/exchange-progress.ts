import type { ClientRequest } from "node:http";
import type { Socket } from "node:net";

/** How far an exchange had come when it failed. */
export interface FailedExchange {
  /** Whether a byte of the request may have left this process. */
  readonly hasLeft: boolean;
  /**
   * Whether the connection had answered an earlier request, but gave not one byte for this one: the peer may have
   * dropped the connection while it was idle.
   */
  readonly isStale: boolean;
}

/** Failures by their errors. A weak map, so that the errors need no field that a user would see. */
const FAILED: WeakMap<Error, FailedExchange> = new WeakMap();

/** Remembers how far the exchange had come that ended with this error. The first note counts. */
export function noteFailedExchange(error: Error, failed: FailedExchange): void {
  if (!FAILED.has(error)) FAILED.set(error, failed);
}

/** How far the exchange had come that ended with this error; undefined for an exchange that was not followed. */
export function failedExchange(error: Error): FailedExchange | undefined {
  return FAILED.get(error);
}

/**
 * Follows a request to its connection. Bytes can leave only when the connection is established, TLS handshake included:
 * until then Node holds the request back.
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
      // Node does not set `reusedSocket` on a request that had to wait for a connection.
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

/** A pooled connection may not be established yet: the request that it was opened for may have been aborted. */
function isConnecting(socket: Socket & { readonly secureConnecting?: boolean }): boolean {
  return socket.connecting || socket.secureConnecting === true;
}
