import { beforeEach, describe, expect, it } from "vitest";
import { ServiceUnderTest } from "../service/service-under-test.js";

let kinesis: ServiceUnderTest;
const STREAM = "arn:aws:kinesis:us-east-1:000000000000:stream/clicks";

beforeEach(() => {
  kinesis = new ServiceUnderTest();
});

function tagsOf(ResourceARN: string): unknown {
  return kinesis.call("ListTagsForResource", { ResourceARN }).Tags;
}

describe("TagResource, UntagResource and ListTagsForResource", () => {
  it("have the tags of AddTagsToStream", () => {
    kinesis.call("TagResource", { ResourceARN: STREAM, Tags: { b: "1", a: "2" } });
    kinesis.call("AddTagsToStream", { StreamName: "clicks", Tags: { c: "3" } });
    kinesis.call("UntagResource", { ResourceARN: STREAM, TagKeys: ["b", "unknown"] });

    const tags = [
      { Key: "a", Value: "2" },
      { Key: "c", Value: "3" },
    ];
    expect(tagsOf(STREAM)).toEqual(tags);
    expect(kinesis.call("ListTagsForStream").Tags).toEqual(tags);
  });

  it("have those of a consumer, which may come with its registration", () => {
    const register = (ConsumerName: string): string =>
      kinesis.call("RegisterStreamConsumer", { StreamARN: STREAM, ConsumerName, Tags: { team: ConsumerName } }).Consumer
        .ConsumerARN;
    const [app, other] = [register("app"), register("other")];

    kinesis.call("TagResource", { ResourceARN: app, Tags: { stage: "live" } });

    expect(tagsOf(app)).toEqual([
      { Key: "stage", Value: "live" },
      { Key: "team", Value: "app" },
    ]);
    expect([tagsOf(other), tagsOf(STREAM)]).toEqual([[{ Key: "team", Value: "other" }], []]);
    kinesis.call("UntagResource", { ResourceARN: app, TagKeys: ["team"] });
    expect(tagsOf(app)).toEqual([{ Key: "stage", Value: "live" }]);
  });

  it("keep the rules of tags", () => {
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, ""]));

    expect(kinesis.refusal("TagResource", { ResourceARN: STREAM, Tags: many })).toContain("more than 50 tags");
    expect(kinesis.refusal("TagResource", { ResourceARN: STREAM, Tags: { ";": "" } })).toContain("invalid characters");
    expect(kinesis.refusal("UntagResource", { ResourceARN: STREAM, TagKeys: [";"] })).toContain("invalid characters");
    expect(tagsOf(STREAM)).toEqual([]);
  });

  it.each([
    STREAM.replace("clicks", "views"),
    `${STREAM}/consumer/app:1`,
    STREAM.replace("stream/clicks", "channel/table"),
    STREAM.replace("stream/clicks", "queue/jobs"),
  ])("refuse what does not exist: %s", (ResourceARN) => {
    expect(kinesis.refusal("ListTagsForResource", { ResourceARN })).toContain("400 ResourceNotFoundException");
    expect(kinesis.refusal("TagResource", { ResourceARN, Tags: { a: "b" } })).toContain(
      "400 ResourceNotFoundException",
    );
  });
});
