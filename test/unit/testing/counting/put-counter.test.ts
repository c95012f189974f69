import { describe, expect, it } from "vitest";
import { encodeCbor } from "../../../../src/testing/cbor/encode-cbor.js";
import type { Protocol } from "../../../../src/testing/http/wire-protocol.js";
import type { KinesisServiceOptions } from "../../../../src/testing/service/kinesis-service.js";
import { bodyBytes } from "../../../../src/testing/service/reply-body.js";
import { NOW, ServiceUnderTest } from "../service/service-under-test.js";

function counting(options: KinesisServiceOptions = {}): ServiceUnderTest {
  const streams = { clicks: { shards: 2 }, large: { maxRecordBytes: 10 * 1024 * 1024 } };
  return new ServiceUnderTest({ streams, records: "count", ...options });
}

/** The answer in JSON; undefined where the body is left to a parser. */
// biome-ignore lint/suspicious/noExplicitAny: answers are read by many paths, and wrong ones fail their assertion
function count({ service }: ServiceUnderTest, body: string | Uint8Array, protocol: Protocol = "json"): any {
  const reply = service.countPuts(Buffer.from(body as Uint8Array), protocol, NOW);
  return reply === undefined ? undefined : JSON.parse(Buffer.from(bodyBytes(reply)).toString());
}

function counted({ service }: ServiceUnderTest, stream = "clicks"): (number | undefined)[] {
  return service.oracle.shardCounts(stream).flatMap(({ records, bytes }) => [records, bytes]);
}

const body = (entry: string, before = '{"StreamName":"clicks","Records":['): string => `${before}${entry}]}`;
const ENTRY = '{"Data":"AAAA","PartitionKey":"a"}';

describe("PutCounter", () => {
  it("counts each entry where its key or its explicit hash key says, and says so", () => {
    const service = counting();
    const high = `{"ExplicitHashKey":"${2n ** 127n}","PartitionKey":"a","Data":"AA=="}`;

    const { FailedRecordCount, EncryptionType, Records } = count(service, body(`${ENTRY},${high},${ENTRY}`));

    expect([FailedRecordCount, EncryptionType]).toEqual([0, undefined]);
    expect(Records.map(({ ShardId }: { ShardId: string }) => ShardId.slice(-1))).toEqual(["0", "1", "0"]);
    expect(new Set(Records.map(({ SequenceNumber }: { SequenceNumber: string }) => SequenceNumber)).size).toBe(3);
    expect(counted(service)).toEqual([2, 6, 1, 1]);
  });

  it("follows the shards when they are split", () => {
    const service = counting();
    count(service, body(ENTRY));

    service.model.stream("clicks").splitShard("shardId-000000000000", NOW);
    const { Records } = count(service, body(ENTRY));

    // The MD5 of "a" begins with 0c.
    expect(Records[0].ShardId).toBe("shardId-000000000002");
  });

  it.each<[string, string]>([
    ["with blanks", '{ "Records": [ {"Data" : "AAAA",\n\t"PartitionKey": "a"} ], "StreamName": "clicks" }\r\n'],
    ["by its ARN", body(ENTRY, '{"StreamARN":"arn:aws:kinesis:us-east-1:000000000000:stream/clicks","Records":[')],
    ["with a key beyond ASCII", body('{"Data":"AAAA","PartitionKey":"éa"}')],
  ])("scans a body %s", (_, text) => {
    expect(count(counting(), text).FailedRecordCount).toBe(0);
  });

  it.each<[string, string]>([
    ["with an escape in a key", body('{"Data":"AAAA","PartitionKey":"\\u0061"}')],
    ["with an escaped slash in base64", body('{"Data":"AA\\/A","PartitionKey":"a"}')],
    ["with a member that it does not know", body('{"Data":"AAAA","PartitionKey":"a","More":1}')],
    ["with a member twice", body('{"Data":"AAAA","Data":"AAAA","PartitionKey":"a"}')],
    ["with a null", body('{"Data":"AAAA","PartitionKey":"a","ExplicitHashKey":null}')],
    ["with bad base64", body('{"Data":"AAA!","PartitionKey":"a"}')],
    ["without a key", body('{"Data":"AAAA"}')],
    ["without data", body('{"PartitionKey":"a"}')],
    ["without entries", body("")],
    ["for a stream that is not there", body(ENTRY, '{"StreamName":"views","Records":[')],
    ["with more than 500 entries", body(new Array(501).fill(ENTRY).join())],
    ["that is cut off", body(ENTRY).slice(0, -1)],
    ["that is empty", ""],
  ])("leaves a body %s to the parser, and counts nothing", (_, text) => {
    const service = counting();

    expect(count(service, text)).toBeUndefined();
    expect(counted(service)).toEqual([0, 0, 0, 0]);
  });

  it("takes requests of 10 MiB, keys included, and leaves larger ones to the operation", () => {
    const service = counting();
    const request = (lastBytes: number): string => {
      const entries = [5 * 1024 * 1024 - 1, lastBytes].map((bytes) => ({
        Data: Buffer.alloc(bytes).toString("base64"),
        PartitionKey: "a",
      }));
      return JSON.stringify({ StreamName: "large", Records: entries });
    };

    expect(count(service, request(5 * 1024 * 1024))).toBeUndefined();
    expect(count(service, request(5 * 1024 * 1024 - 1)).FailedRecordCount).toBe(0);
    expect(counted(service, "large")).toEqual([2, 10 * 1024 * 1024 - 2]);
  });

  it("is not led astray by a text in CBOR that claims 4 GiB", () => {
    const bytes = Buffer.from(encodeCbor({ StreamName: "clicks", Records: [] }));
    const hostile = Buffer.concat([
      bytes.subarray(0, bytes.indexOf("clicks") - 1),
      Buffer.from("7affffffff", "hex"),
      bytes.subarray(bytes.indexOf("clicks")),
    ]);

    expect(count(counting(), hostile, "cbor")).toBeUndefined();
  });

  it("refuses by the limits of each shard, and tells the oracle", () => {
    const service = counting({ limits: { write: { recordsPerSecond: 2 } } });

    const { FailedRecordCount, Records } = count(service, body(`${ENTRY},${ENTRY},${ENTRY}`));

    expect(FailedRecordCount).toBe(1);
    expect(Records[2]).toEqual({
      ErrorCode: "ProvisionedThroughputExceededException",
      ErrorMessage: "Rate exceeded for shard shardId-000000000000 in stream clicks under account 000000000000.",
    });
    expect(service.service.oracle.rates("clicks", "shardId-000000000000").seconds).toMatchObject([
      { records: 2, bytes: 8, refused: 1 },
    ]);
  });

  it("answers the error of a limit of calls, for the whole request", () => {
    const service = counting({ limits: { calls: { PutRecords: 1 } } });

    count(service, body(ENTRY));

    expect(count(service, body(ENTRY))).toMatchObject({ __type: "LimitExceededException" });
    expect(counted(service)).toEqual([1, 3, 0, 0]);
  });

  it("leaves every body to the parser where records are kept, under a fault, or while connections are refused", () => {
    const keeping = counting({ records: "keep" });
    const faulty = counting();
    const remove = faulty.service.faults.add("PutRecords fail-entry");
    const refusing = counting();
    refusing.service.refuseConnections(1, NOW);

    expect([keeping, faulty, refusing].map((kinesis) => count(kinesis, body(ENTRY)))).toEqual(
      new Array(3).fill(undefined),
    );
    remove();
    expect(count(faulty, body(ENTRY)).FailedRecordCount).toBe(0);
  });
});
