import { InvalidOptionError } from "../errors.js";
import { didYouMean } from "../wording/nearest-name.js";
import { show } from "../wording/shown-value.js";

/** A forward proxy as the caller describes it. */
interface ProxyOptions {
  /** `http://host:port`, or `https://` for a proxy that is reached over TLS; may contain the user name and the password. */
  readonly url: string;
  /** For Basic authentication, with `password`; without a colon. */
  readonly username?: string;
  readonly password?: string;
  /**
   * Hosts that are reached directly, with commas or blanks between them: `localhost`, `example.com` and all names below
   * it, `host:port`, `*` for all. No address ranges.
   */
  readonly noProxy?: string;
}

/** A checked proxy. */
export interface ForwardProxy {
  /** Its URL without user name and password, for messages. */
  readonly name: string;
  readonly protocol: "http:" | "https:";
  readonly host: string;
  readonly port: number;
  /** The value of `Proxy-Authorization`. */
  readonly authorization: string | undefined;
}

/** The proxy for an address; undefined: it is reached directly. */
export type ProxyRule = (protocol: "http:" | "https:", host: string, port: number) => ForwardProxy | undefined;

const NAMES = ["url", "username", "password", "noProxy"];

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Checks the option `proxy`. Messages never show its URL, which may have a password.
 *
 * @param environment - read only if the option is `"environment"`
 * @throws InvalidOptionError when it cannot be used
 */
export function resolveProxy(
  option: string | ProxyOptions | undefined,
  environment: Environment,
): ProxyRule | undefined {
  if (option === undefined) return undefined;
  if (option === "environment") return proxyOfEnvironment(environment);
  const given = typeof option === "string" ? { url: option } : option;
  const { url, username, password, noProxy = "" } = given;
  const stray = Object.keys(given).find((name) => !NAMES.includes(name));
  if (stray !== undefined)
    throw new InvalidOptionError("proxy", `there is no option proxy.${stray}${didYouMean(stray, NAMES, "proxy.")}`);
  checkText("username", username, show);
  checkText("password", password, () => "another value (not shown: it may be a password)");
  checkText("noProxy", noProxy, show);
  if ((username === undefined) !== (password === undefined))
    throw new InvalidOptionError("proxy", "proxy needs both username and password, or none of them");
  const proxy = readProxy(url, "proxy", username, password);
  const isDirect = directHosts(noProxy);
  return (_protocol, host, port) => (isDirect(host, port) ? undefined : proxy);
}

function checkText(name: string, value: unknown, shown: (value: unknown) => string): void {
  if (value === undefined || typeof value === "string") return;
  throw new InvalidOptionError("proxy", `proxy.${name} must be a string, got ${shown(value)}`);
}

/** The variables of curl. In capitals only where a CGI server cannot set them from a header: not HTTP_PROXY. */
function proxyOfEnvironment(environment: Environment): ProxyRule | undefined {
  const read = (name: string): ForwardProxy | undefined => {
    const url = environment[name] ?? "";
    return url === "" ? undefined : readProxy(url.includes("://") ? url : `http://${url}`, name);
  };
  // Read only where it is needed: it often names a proxy of another kind (socks5:).
  const forAll = (): ForwardProxy | undefined => read("all_proxy") ?? read("ALL_PROXY");
  const proxies = {
    "https:": read("https_proxy") ?? read("HTTPS_PROXY") ?? forAll(),
    "http:": read("http_proxy") ?? forAll(),
  };
  if (proxies["https:"] === undefined && proxies["http:"] === undefined) return undefined;
  const isDirect = directHosts(environment.no_proxy ?? environment.NO_PROXY ?? "");
  return (protocol, host, port) => (isDirect(host, port) ? undefined : proxies[protocol]);
}

function readProxy(text: unknown, from: string, username?: string, password?: string): ForwardProxy {
  const url = typeof text === "string" && URL.canParse(text) ? new URL(text) : undefined;
  const { protocol } = url ?? {};
  if (url === undefined || (protocol !== "http:" && protocol !== "https:") || url.hostname === "") {
    const got = typeof text === "string" ? "another text (not shown: it may have a password)" : show(text);
    throw new InvalidOptionError("proxy", `${from} must be a URL that begins with http: or https:, got ${got}`);
  }
  const user = username ?? decoded(url.username);
  // "a user-id containing a colon character is invalid" (RFC 7617): the proxy would take its end for the password.
  if (user.includes(":")) throw new InvalidOptionError("proxy", `the user name of ${from} must have no colon`);
  const isAnonymous = user === "" && url.password === "" && password === undefined;
  const pair = `${user}:${password ?? decoded(url.password)}`;
  return {
    name: `${protocol}//${url.host}`,
    protocol,
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port === "" ? (protocol === "https:" ? 443 : 80) : Number(url.port),
    authorization: isAnonymous ? undefined : `Basic ${Buffer.from(pair).toString("base64")}`,
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Whether a host is in a list such as NO_PROXY. A name stands for all names below it, with or without a dot before it. */
function directHosts(list: string): (host: string, port: number) => boolean {
  const entries = list.split(/[\s,]+/).filter((entry) => entry !== "");
  const rules = entries.map((entry) => {
    const lower = entry.toLowerCase();
    const [, address, addressPort] = /^\[([^\]]*)\](?::(\d+))?$/.exec(lower) ?? [];
    if (address !== undefined) return { name: address, port: addressPort };
    if (/:.*:/.test(lower)) return { name: lower };
    const [, name = "", port] = /^(.*?)(?::(\d+))?$/.exec(lower) ?? [];
    return { name: name.replace(/^\*?\./, ""), port };
  });
  return (host, port) =>
    rules.some((rule) => {
      if (rule.port !== undefined && Number(rule.port) !== port) return false;
      const name = host.toLowerCase();
      return rule.name === "*" || name === rule.name || name.endsWith(`.${rule.name}`);
    });
}
