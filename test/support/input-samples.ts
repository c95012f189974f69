import { type InputShape, OPERATION_MEMBERS, SHAPES } from "../../src/testing/input/input-shapes.js";
import type { OperationName } from "../../src/testing/operations/operations.js";

/** A member of a structure in the service's model. */
export interface ModelMember {
  readonly name: string;
  readonly shape: InputShape;
  readonly isRequired: boolean;
  /** The name of its shape. */
  readonly shapeName: string;
}

/** Texts for shapes whose pattern a plain letter does not match. */
const TEXTS: Readonly<Record<string, string>> = {
  BucketARN: "arn:aws:s3:::events",
  ChannelARN: "arn:aws:kinesis:us-east-1:000000000000:channel/table",
  ConsumerARN: "arn:aws:kinesis:us-east-1:000000000000:stream/clicks/consumer/app:1",
  ExpectedBucketOwner: "000000000000",
  GSRSchemaARN: "arn:aws:glue:us-east-1:000000000000:schema/a/b",
  HashKey: "5",
  ResourceARN: "arn:aws:kinesis:us-east-1:000000000000:stream/clicks",
  RoleARN: "arn:aws:iam::000000000000:role/delivery",
  SequenceNumber: "5",
  StreamARN: "arn:aws:kinesis:us-east-1:000000000000:stream/clicks",
  StreamId: "abcdefghij0123456789-abc",
  TableBucketARN: "arn:aws:s3tables:us-east-1:000000000000:bucket/tables",
};

/** The members of a structure, as the model's text has them. */
export function membersOf(text: string): ModelMember[] {
  return text
    .split(" ")
    .filter((member) => member !== "")
    .map((member) => {
      const [name = "", shapeName = name] = member.replace("*", "").split(":");
      return { name, shapeName, shape: SHAPES[shapeName] as InputShape, isRequired: member.endsWith("*") };
    });
}

/** An input of the operation with every member, each of which keeps the model. */
export function sampleInput(operation: OperationName): Record<string, unknown> {
  return sampleStructure(OPERATION_MEMBERS[operation]);
}

function sampleStructure(text: string): Record<string, unknown> {
  return Object.fromEntries(membersOf(text).map(({ name, shape, shapeName }) => [name, sampleOf(shape, shapeName)]));
}

/** A value of a shape. */
function sampleOf(shape: InputShape, name: string): unknown {
  switch (shape.type) {
    case "structure":
      return sampleStructure(shape.members ?? "");
    case "list":
      return [sampleOf(SHAPES[shape.member ?? ""] as InputShape, shape.member ?? "")];
    case "map":
      return { a: "b" };
    case "string":
      return shape.oneOf?.[0] ?? TEXTS[name] ?? "a";
    case "integer":
      return shape.min ?? 1;
    case "boolean":
      return true;
    case "timestamp":
      return 1;
    case "blob":
      return "eA==";
  }
}
