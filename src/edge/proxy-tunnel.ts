import { type ClientRequest, request } from "node:http";
import { request as secureRequest } from "node:https";
import type { Socket } from "node:net";

import type { Clock } from "../core/ports.js";
import { certificateAdvice } from "./certificate-failure.js";
import type { ForwardProxy } from "./proxy-settings.js";

/** Enough for the phrases of proxies. */
const SHOWN_CHARACTERS = 200;

/** How a proxy is reached. */
export interface TunnelWay {
  /** How long the proxy may take to answer. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Options of TLS for a proxy that is reached over TLS. */
  readonly tls: object;
}

/** Called once: with an error, or with a connection that ends at the target. */
export type TunnelMade = (error: Error | undefined, socket?: Socket) => void;

/**
 * Asks a proxy for a connection to a target (RFC 9110, CONNECT). Every failure is an error that names the proxy, without
 * user name and password. Nothing was sent to the target then.
 *
 * @param target - host and port, an IPv6 address in brackets
 * @returns a function that gives up
 */
export function openTunnel(proxy: ForwardProxy, target: string, way: TunnelWay, made: TunnelMade): () => void {
  const connect = connectRequest(proxy, target, way);
  let isOver = false;
  const end = (error: Error | undefined, socket?: Socket): void => {
    if (isOver) return;
    isOver = true;
    timer.cancel();
    if (error !== undefined) connect.destroy();
    made(error, socket);
  };
  const timer = way.clock.setTimer(way.timeoutMs, () => {
    end(named("TimeoutError", `the proxy ${proxy.name} did not connect to ${target} within ${way.timeoutMs} ms`));
  });
  connect.once("connect", ({ statusCode = 0, statusMessage = "" }, socket, head) => {
    if (statusCode < 200 || statusCode > 299) {
      socket.destroy();
      end(refused(proxy, target, statusCode, statusMessage));
      return;
    }
    if (head.length > 0) socket.unshift(head);
    end(undefined, socket as Socket);
  });
  connect.on("error", (cause: Error) => end(unreachable(proxy, cause, certificateAdvice(cause, "ca" in way.tls))));
  connect.once("close", () => end(unreachable(proxy, new Error("it closed the connection without an answer"))));
  connect.end();
  return () => end(named("AbortError", "the connection is no longer needed"));
}

function connectRequest(proxy: ForwardProxy, target: string, { tls }: TunnelWay): ClientRequest {
  const { protocol, host, port, authorization } = proxy;
  const send = protocol === "https:" ? secureRequest : request;
  const headers = {
    host: target,
    "proxy-connection": "keep-alive",
    ...(authorization === undefined ? {} : { "proxy-authorization": authorization }),
  };
  return send({ ...tls, host, port, method: "CONNECT", path: target, headers, agent: false });
}

function refused(proxy: ForwardProxy, target: string, statusCode: number, statusMessage: string): Error {
  const hint =
    statusCode === 407
      ? proxy.authorization === undefined
        ? "; it wants a user name and a password: proxy.username, proxy.password"
        : "; it does not accept proxy.username and proxy.password"
      : "";
  const answer = `HTTP ${statusCode} ${shownPhrase(proxy, statusMessage)}`.trimEnd();
  const error = named("ProxyError", `the proxy ${proxy.name} refused to connect to ${target}: ${answer}${hint}`);
  return Object.assign(error, { code: "ProxyRefused" });
}

/** A phrase that the proxy chose, up to 16 KB: some proxies repeat what they were sent. */
function shownPhrase({ authorization }: ForwardProxy, phrase: string): string {
  if (authorization === undefined) return phrase.slice(0, SHOWN_CHARACTERS);
  const token = authorization.slice("Basic ".length);
  const account = Buffer.from(token, "base64").toString();
  const password = account.slice(account.indexOf(":") + 1);
  // A header holds bytes, and Node reads each as a character.
  const secrets = [token, password, Buffer.from(password).toString("latin1"), encodeURIComponent(password)];
  const isSecret = secrets.some((secret) => secret !== "" && phrase.includes(secret));
  return isSecret ? "(not shown: it has the password)" : phrase.slice(0, SHOWN_CHARACTERS);
}

/** The code of the network stays: it says which step has failed. */
function unreachable(proxy: ForwardProxy, cause: Error, advice?: string): Error {
  const text =
    cause instanceof AggregateError && cause.message === "" ? String(cause.errors[0]?.message) : cause.message;
  const hint = advice === undefined ? "" : `; ${advice}`;
  const error = named("ProxyError", `the proxy ${proxy.name} cannot be used: ${text}${hint}`, cause);
  const { code = "ProxyError" } = cause as { readonly code?: unknown };
  return Object.assign(error, { code });
}

function named(name: string, message: string, cause?: Error): Error {
  const error = new Error(message, cause === undefined ? undefined : { cause });
  error.name = name;
  return error;
}
