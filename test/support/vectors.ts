/**
 * Public aggregates that other projects wrote and other projects read: only data.
 *
 * @module
 */
import { hex } from "./proto-bytes.js";

/** An aggregate and its user records. */
export interface Vector {
  readonly name: string;
  readonly bytes: Buffer;
  readonly records: readonly {
    readonly partitionKey: string;
    readonly explicitHashKey?: string;
    readonly data: string;
  }[];
}

/** Written by awslabs/kinesis-aggregation; from the tests of elastic/elastic-serverless-forwarder. */
const V1: Vector = {
  name: "V1: unique keys, no explicit hash keys",
  bytes: hex(`f3899ac2 0a04706b2d30 0a04706b2d31 0a04706b2d32
    1a13 0800 1a0f 7b226d7367223a226c696e6530227d
    1a13 0801 1a0f 7b226d7367223a226c696e6531227d
    1a13 0802 1a0f 7b226d7367223a226c696e6532227d
    9f21c9a748fafd8a64f66b5068a6e9c4`),
  records: [
    { partitionKey: "pk-0", data: '{"msg":"line0"}' },
    { partitionKey: "pk-1", data: '{"msg":"line1"}' },
    { partitionKey: "pk-2", data: '{"msg":"line2"}' },
  ],
};

/** Written by AWS's Java aggregator 1.0.3; from the tests of apache/hudi. */
const V2: Vector = {
  name: "V2: repeated keys, each record with an explicit hash key",
  bytes:
    hex(`f3899ac20a04706b2d610a04706b2d621226333737333434353633343935323538323733303632313239303034393331353131373531
    353612273137303134313138333436303436393233313733313638373330333731353838343130353732371a0e080010001a087b226964223a31
    7d1a0e080110011a087b226964223a327d1a0e080010001a087b226964223a337d7d3f7b7fcad94b07edeb92fc05a4862d`),
  records: [
    { partitionKey: "pk-a", explicitHashKey: "37734456349525827306212900493151175156", data: '{"id":1}' },
    { partitionKey: "pk-b", explicitHashKey: "170141183460469231731687303715884105727", data: '{"id":2}' },
    { partitionKey: "pk-a", explicitHashKey: "37734456349525827306212900493151175156", data: '{"id":3}' },
  ],
};

/** Written by AWS's Java aggregator 1.0.3; from the tests of apache/hudi. */
const V3: Vector = {
  name: "V3: keys and data beyond ASCII",
  bytes:
    hex(`f3899ac20a09706b2dc3bcc3b1c3ae0a08706b2d706c61696e1227323333393233303635323234313430363231363337363735303732
    35323737383237303939373112263530373831323039383535393038333736323230303634333931343831363038323239363739
    1a18080010001a127b2263697479223a227ac3bc72696368227d1a1d080110011a177b2263697479223a22746f6b796f20e69db1e4baac227d
    afed575c3266872e207cedb9cc6f3780`),
  records: [
    { partitionKey: "pk-üñî", explicitHashKey: "233923065224140621637675072527782709971", data: '{"city":"zürich"}' },
    {
      partitionKey: "pk-plain",
      explicitHashKey: "50781209855908376220064391481608229679",
      data: '{"city":"tokyo 東京"}',
    },
  ],
};

/** All vectors. */
export const VECTORS: readonly Vector[] = [V1, V2, V3];
