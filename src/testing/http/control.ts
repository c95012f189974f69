import type { IncomingHttpHeaders } from "node:http";
import type { JsonObject } from "../operations/operation.js";
import type { OperationName } from "../operations/operations.js";
import type { ServiceReply } from "../service/service-call.js";
import { errorAnswer, type LocalAnswer } from "./local-answer.js";

/** A call before its operation runs, as a control hook receives it. */
export interface ControlledCall {
  readonly operation: OperationName;
  /** Number of the call among those of its operation, from 0. */
  readonly index: number;
  readonly input: JsonObject;
  /** Over HTTP/2 with the pseudo-headers: the host is in `:authority`. */
  readonly headers: IncomingHttpHeaders;
  /** Number of its connection, from 0. */
  readonly connection: number;
  /** Runs the operation now, once for all hooks, and returns its answer. From here on its records are stored. */
  run(): ServiceReply;
}

/** The result of a call in place of the operation's answer. */
export type ControlAction =
  /** Another answer. */
  | ({ readonly kind: "answer" } & LocalAnswer)
  /** An error in the service's shape; HTTP 400 by default. */
  | { readonly kind: "error"; readonly code: string; readonly message?: string; readonly statusCode?: number }
  /** No answer: the socket is destroyed. */
  | { readonly kind: "destroy" };

/**
 * Decides about a call. Undefined lets it through; a promise delays it. A hook that calls `call.run()` and then returns
 * another answer, or destroys the socket, makes the case "stored but never answered".
 */
export type ControlHook = (call: ControlledCall) => ControlAction | undefined | Promise<ControlAction | undefined>;

/** The hooks, and the number of calls of each operation. */
export class Control {
  readonly #hooks = new Map<OperationName, ControlHook[]>();
  readonly #calls = new Map<OperationName, number>();

  /** @returns a function that removes the hook */
  add(operation: OperationName, hook: ControlHook): () => void {
    const own: ControlHook = (call) => hook(call);
    this.#hooks.set(operation, [own, ...(this.#hooks.get(operation) ?? [])]);
    return () => {
      this.#hooks.set(
        operation,
        (this.#hooks.get(operation) ?? []).filter((other) => other !== own),
      );
    };
  }

  /** Whether the operation has a hook. */
  isWatching(operation: OperationName): boolean {
    return (this.#hooks.get(operation) ?? []).length > 0;
  }

  /** Counts a call without hooks. */
  count(operation: OperationName): void {
    this.#calls.set(operation, this.calls(operation) + 1);
  }

  calls(operation: OperationName): number {
    return this.#calls.get(operation) ?? 0;
  }

  /** By operation; operations without calls are absent. */
  get counts(): ReadonlyMap<OperationName, number> {
    return this.#calls;
  }

  allCalls(): number {
    let calls = 0;
    for (const count of this.#calls.values()) calls += count;
    return calls;
  }

  /** Counts the call and asks its hooks, the newest first, until one decides or runs the operation. */
  async answer(call: Omit<ControlledCall, "index">): Promise<ServiceReply | "destroy"> {
    const index = this.calls(call.operation);
    this.count(call.operation);
    let ran: ServiceReply | undefined;
    const run = (): ServiceReply => {
      ran ??= call.run();
      return ran;
    };
    for (const hook of this.#hooks.get(call.operation) ?? []) {
      try {
        const action = await hook({ ...call, index, run });
        if (action !== undefined) return answerOf(action);
      } catch (error) {
        return errorAnswer("InternalFailure", `a control hook threw: ${String(error)}`, 500);
      }
      if (ran !== undefined) return ran;
    }
    return run();
  }
}

function answerOf(action: ControlAction): ServiceReply | "destroy" {
  switch (action.kind) {
    case "answer":
      return action;
    case "error":
      return errorAnswer(action.code, action.message ?? action.code, action.statusCode ?? 400);
    case "destroy":
      return "destroy";
  }
}
