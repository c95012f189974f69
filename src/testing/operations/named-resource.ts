import type { KinesisModel } from "../kinesis-model/kinesis-model.js";
import type { ResourceLabels } from "../kinesis-model/resource-labels.js";
import { notFound } from "../kinesis-model/service-error.js";
import { findConsumer } from "./consumer-input.js";
import { resourceText } from "./tag-rules.js";

/** A resource that an ARN names. */
export interface NamedResource {
  readonly labels: ResourceLabels;
  /** For texts: `stream clicks under account 000000000000`. */
  readonly text: string;
  readonly kind: "stream" | "consumer" | "channel";
}

/** Finds a stream, a consumer or a channel. @throws ServiceError when there is none of the ARN */
export function findResource(arn: string, model: KinesisModel): NamedResource {
  const { accountId } = model.options;
  const [, type] = /:(stream|channel|queue)\//.exec(arn) ?? [];
  if (type === "channel") {
    const { labels, name } = model.channels.find(arn);
    return { labels, text: resourceText("channel", name, accountId), kind: "channel" };
  }
  if (type === "queue") throw notFound(`Queue ${arn} not found.`);
  if (arn.includes("/consumer/")) {
    const { labels, name } = findConsumer(model, arn).consumer;
    return { labels, text: resourceText("consumer", name, accountId), kind: "consumer" };
  }
  const { labels, identity } = model.streamByArn(arn);
  return { labels, text: resourceText("stream", identity.name, accountId), kind: "stream" };
}
