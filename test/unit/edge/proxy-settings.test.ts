import { describe, expect, it } from "vitest";
import { type ProxyRule, resolveProxy } from "../../../src/edge/proxy-settings.js";
import { InvalidOptionError } from "../../../src/errors.js";

type Option = Parameters<typeof resolveProxy>[0];

const HOST = "kinesis.eu-west-1.amazonaws.com";

/** The environment that must not be read. */
const UNREAD = new Proxy({}, { get: () => expect.fail("the environment was read") });

function proxyFor(rule: ProxyRule | undefined, host = HOST, port = 443, protocol: "http:" | "https:" = "https:") {
  return rule?.(protocol, host, port);
}

function basic(text: string): string {
  return `Basic ${Buffer.from(text).toString("base64")}`;
}

describe("the option proxy", () => {
  it.each<[Option, string, string, number, string | undefined]>([
    ["http://proxy:3128", "http://proxy:3128", "proxy", 3128, undefined],
    ["http://proxy", "http://proxy", "proxy", 80, undefined],
    ["https://proxy", "https://proxy", "proxy", 443, undefined],
    ["http://[::1]:3128/", "http://[::1]:3128", "::1", 3128, undefined],
    ["http://alice:s3cr%3At%2F@proxy:3128", "http://proxy:3128", "proxy", 3128, basic("alice:s3cr:t/")],
    ["http://alice@proxy:3128", "http://proxy:3128", "proxy", 3128, basic("alice:")],
    ["http://a%zz:b@proxy:3128", "http://proxy:3128", "proxy", 3128, basic("a%zz:b")],
    [{ url: "http://proxy:3128", username: "a", password: "ü:/" }, "http://proxy:3128", "proxy", 3128, basic("a:ü:/")],
  ])("%j", (option, name, host, port, authorization) => {
    expect(proxyFor(resolveProxy(option, UNREAD))).toMatchObject({ name, host, port, authorization });
  });

  it("absent is no proxy, and the environment is not read", () => {
    expect(resolveProxy(undefined, UNREAD)).toBeUndefined();
  });

  it.each<[unknown, string]>([
    [
      "socks5://alice:s3cret@proxy",
      "proxy must be a URL that begins with http: or https:, got another text (not shown: it may have a password)",
    ],
    [
      "alice:s3cret@proxy:80",
      "proxy must be a URL that begins with http: or https:, got another text (not shown: it may have a password)",
    ],
    [{ url: 5 }, "proxy must be a URL that begins with http: or https:, got 5"],
    [{ url: "http://proxy", username: "alice" }, "proxy needs both username and password, or none of them"],
    [{ url: "http://proxy", password: "s3cret" }, "proxy needs both username and password, or none of them"],
    [{ url: "http://proxy", username: 1, password: "s3cret" }, "proxy.username must be a string, got 1"],
    [
      { url: "http://proxy", username: "alice", password: 123456 },
      "proxy.password must be a string, got another value (not shown: it may be a password)",
    ],
    [{ url: "http://proxy", username: "alice:x", password: "s3cret" }, "the user name of proxy must have no colon"],
    ["http://alice%3Ax:s3cret@proxy", "the user name of proxy must have no colon"],
    [{ url: "http://proxy", noProxy: ["a"] }, "proxy.noProxy must be a string, got an array"],
    [{ url: "http://proxy", userName: "alice" }, "there is no option proxy.userName; did you mean proxy.username?"],
  ])("%j is refused, and no message has the password", (option, message) => {
    expect(() => resolveProxy(option as Option, UNREAD)).toThrow(new InvalidOptionError("proxy", message));
  });
});

describe("a list of direct hosts", () => {
  it.each([
    ["", HOST, 443, false],
    ["*", HOST, 443, true],
    ["amazonaws.com", HOST, 443, true],
    [".amazonaws.com", HOST, 443, true],
    ["*.amazonaws.com", HOST, 443, true],
    ["AMAZONAWS.com", HOST, 443, true],
    ["aws.com", HOST, 443, false],
    [HOST, HOST, 443, true],
    [`x.${HOST}`, HOST, 443, false],
    ["localhost, 127.0.0.1", "127.0.0.1", 4567, true],
    ["localhost 127.0.0.1", "localhost", 4567, true],
    ["localhost:4567", "localhost", 4567, true],
    ["localhost:4567", "localhost", 4568, false],
    ["::1", "::1", 443, true],
    ["[::1]", "::1", 443, true],
    ["[::1]:8443", "::1", 8443, true],
    ["[::1]:8443", "::1", 443, false],
    ["10.0.0.0/8", "10.0.0.1", 443, false],
  ])("%j for %s:%d", (noProxy, host, port, isDirect) => {
    const found = proxyFor(resolveProxy({ url: "http://proxy:3128", noProxy }, UNREAD), host, port);

    expect(found === undefined).toBe(isDirect);
  });
});

describe("the environment", () => {
  const of = (environment: Record<string, string>) => resolveProxy("environment", environment);

  it.each([
    [{ https_proxy: "http://a:1" }, "https:", "http://a:1"],
    [{ HTTPS_PROXY: "http://a:1" }, "https:", "http://a:1"],
    [{ https_proxy: "http://a:1", HTTPS_PROXY: "http://b:2" }, "https:", "http://a:1"],
    [{ https_proxy: "http://a:1" }, "http:", undefined],
    [{ http_proxy: "http://a:1" }, "http:", "http://a:1"],
    [{ HTTP_PROXY: "http://a:1" }, "http:", undefined],
    [{ all_proxy: "http://a:1" }, "https:", "http://a:1"],
    [{ ALL_PROXY: "http://a:1" }, "http:", "http://a:1"],
    [{ ALL_PROXY: "socks5://a:1", https_proxy: "http://b:2", http_proxy: "http://c:3" }, "https:", "http://b:2"],
    [{ https_proxy: "a:1" }, "https:", "http://a:1"],
    [{ https_proxy: "" }, "https:", undefined],
    [{}, "https:", undefined],
    [{ https_proxy: "http://a:1", no_proxy: "amazonaws.com" }, "https:", undefined],
    [{ https_proxy: "http://a:1", NO_PROXY: "amazonaws.com" }, "https:", undefined],
  ] as const)("%j for %s", (environment, protocol, name) => {
    expect(proxyFor(of(environment), HOST, 443, protocol)?.name).toBe(name);
  });

  it("is refused with the name of the variable, without its value", () => {
    expect(() => of({ https_proxy: "socks5://alice:s3cret@proxy" })).toThrow(
      "https_proxy must be a URL that begins with http: or https:, got another text (not shown: it may have a password)",
    );
  });
});
