import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LocalKinesis } from "../../src/testing/local-kinesis.js";

const PUT = JSON.stringify({ StreamName: "clicks", Records: [{ PartitionKey: "a", Data: "eA==" }] });

let kinesis: LocalKinesis;

beforeEach(async () => {
  kinesis = await LocalKinesis.start({ streams: { clicks: { shards: 2 } } });
});

afterEach(() => kinesis.close());

describe("LocalKinesis, as a server", () => {
  const send = (init: RequestInit, target = "Kinesis_20131202.PutRecords"): Promise<Response> =>
    fetch(kinesis.endpoint, {
      method: "POST",
      ...init,
      headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": target, ...init.headers },
    });

  it.each([
    // The service says nothing about a body that it cannot read, and writes "Message" about one of wrong types.
    ["{", { __type: "SerializationException" }],
    ["", { __type: "SerializationException" }],
    ["[]", { __type: "SerializationException" }],
    ["null", { __type: "SerializationException" }],
    ["{}", { __type: "ValidationException", message: expect.any(String) }],
    ['{"StreamName":7}', { __type: "SerializationException", Message: expect.any(String) }],
    ['{"StreamName":"clicks","Records":[null]}', { __type: "SerializationException", Message: expect.any(String) }],
    [
      '{"__proto__":{"StreamName":"clicks"},"Records":[{"Data":""}]}',
      { __type: "InvalidArgumentException", message: expect.any(String) },
    ],
  ])("answers 400 to the body %s", async (body, answer) => {
    const response = await send({ body });

    expect(response.status).toBe(400);
    expect(await response.json()).toEqual(answer);
  });

  it("asks for a readable body before a known operation, but not for one that is missing", async () => {
    const typeOf = async (body: string): Promise<unknown> =>
      ((await (await send({ body }, "Kinesis_20131202.Nonsense")).json()) as { __type: string }).__type;

    expect([await typeOf("{"), await typeOf(""), await typeOf("{}")]).toEqual([
      "SerializationException",
      "UnknownOperationException",
      "UnknownOperationException",
    ]);
  });

  it("lets pages of other sites call, and read what they need of the answers", async () => {
    const preflight = await fetch(kinesis.endpoint, {
      method: "OPTIONS",
      headers: {
        origin: "https://example.com",
        "access-control-request-headers": "x-amz-target",
        "access-control-request-method": "POST",
      },
    });
    const put = await send({ body: PUT, headers: { origin: "https://example.com" } });
    const refused = await send({ body: "{", headers: { origin: "https://example.com" } });
    const local = await send({ body: PUT });
    const names = ["allow-origin", "allow-headers", "allow-methods", "max-age"];

    expect([preflight.status, await preflight.text()]).toEqual([200, ""]);
    expect(names.map((name) => preflight.headers.get(`access-control-${name}`))).toEqual([
      "*",
      "x-amz-target",
      "POST",
      "172800",
    ]);
    for (const answer of [put, refused]) {
      expect(answer.headers.get("access-control-allow-origin")).toBe("*");
      expect(answer.headers.get("access-control-expose-headers")).toContain("x-amzn-RequestId");
    }
    expect(local.headers.has("access-control-allow-origin")).toBe(false);
  });

  it("does not let pages of other sites change the faults", async () => {
    const path = `${kinesis.endpoint}/kinesis-producer/faults`;

    const answers = await Promise.all(
      ["OPTIONS", "GET"].map((method) => fetch(path, { method, headers: { origin: "https://example.com" } })),
    );

    expect(answers.map(({ status }) => status)).toEqual([405, 200]);
    expect(answers.map(({ headers }) => headers.has("access-control-allow-origin"))).toEqual([false, false]);
  });

  it("names every answer twice, as the service does", async () => {
    const [put, refused] = [await send({ body: PUT }), await send({ body: "{" })];

    for (const { headers } of [put, refused]) {
      expect(headers.get("x-amzn-requestid")).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers.get("x-amz-id-2")).toMatch(/^[\w+/]{96}$/);
    }
  });

  it.each(["Kinesis_20131202.Nonsense", "Kinesis_20131202.constructor", "PutRecords", "DynamoDB_20120810.ListTables"])(
    "answers 400 to the unknown operation %s",
    async (target) => {
      const response = await send({ body: "{}" }, target);

      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ __type: "UnknownOperationException" });
    },
  );

  it("answers 404 to other protocols and methods, and 413 to a body beyond all limits", async () => {
    const xml = await send({ body: "x", headers: { "content-type": "text/xml" } });
    const get = await fetch(kinesis.endpoint);
    const large = await send({ body: new Uint8Array(33 * 1024 * 1024) });

    expect([xml.status, get.status, large.status]).toEqual([404, 404, 413]);
  });

  it("survives garbage instead of HTTP, and requests that are cut off", async () => {
    const port = Number(new URL(kinesis.endpoint).port);
    const head = "POST / HTTP/1.1\r\nhost: x\r\nx-amz-target: Kinesis_20131202.PutRecords\r\ncontent-length: 100\r\n";
    // A linear congruential generator: the same bytes in every run.
    let state = 1;
    const noise = (length: number): Uint8Array =>
      Uint8Array.from({ length }, () => {
        state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
        return state >>> 16;
      });
    const pieces = [...Array.from({ length: 30 }, (_, i) => noise(1 + i * 37)), head, `${head}\r\n{"Rec`];

    await Promise.all(
      pieces.map(
        (piece) =>
          new Promise<void>((resolve) => {
            const socket = connect(port, "127.0.0.1", () => socket.end(piece));
            socket.on("error", () => {});
            socket.on("close", () => resolve());
            socket.resume();
          }),
      ),
    );

    expect((await send({ body: PUT })).status).toBe(200);
    expect(kinesis.records("clicks").length).toBe(1);
  });

  it("answers damaged bodies with 400 or 200 and stays whole", async () => {
    for (let at = 0; at < PUT.length; at++) {
      for (const patch of ["", "0", '"', "{", "\u0000"]) {
        const response = await send({ body: PUT.slice(0, at) + patch + PUT.slice(at + 1) });
        expect([200, 400]).toContain(response.status);
        await response.arrayBuffer();
      }
    }
  });

  it("closes at once under idle connections and calls that are held, and may be closed again", async () => {
    let reached = (): void => {};
    const arrived = new Promise<void>((resolve) => {
      reached = resolve;
    });
    await (await send({ body: PUT })).arrayBuffer();
    kinesis.control("PutRecords", () => {
      reached();
      return new Promise(() => {});
    });
    const held = send({ body: PUT }).catch((error: Error) => error);
    await arrived;

    await kinesis.close();
    await kinesis.close();

    expect(await held).toBeInstanceOf(Error);
    expect(kinesis.openConnections).toBe(0);
  });

  it("is closed by `await using`", async () => {
    let endpoint = "";
    {
      await using local = await LocalKinesis.start();
      endpoint = local.endpoint;
      expect((await fetch(endpoint)).status).toBe(404);
    }

    await expect(fetch(endpoint)).rejects.toThrow();
  });

  it("says which option or port it cannot use", async () => {
    const port = Number(new URL(kinesis.endpoint).port);

    await expect(LocalKinesis.start({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
    await expect(LocalKinesis.start({ streams: { clicks: { shards: 0 } } })).rejects.toThrow(RangeError);
    await expect(LocalKinesis.start({ streams: { "no spaces": {} } })).rejects.toThrow(RangeError);
  });
});
