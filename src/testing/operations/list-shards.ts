import type { KinesisModel } from "../kinesis-model/kinesis-model.js";
import { readToken, writeToken } from "../kinesis-model/opaque-token.js";
import { invalidArgument, ServiceError } from "../kinesis-model/service-error.js";
import type { StreamModel } from "../kinesis-model/stream-model.js";
import { InputFields, NAME_RULE } from "./input-fields.js";
import { readNamedStream } from "./named-stream.js";
import type { Operation } from "./operation.js";
import { checkShardFilter, passesShardFilter, readShardFilter, type ShardFilter } from "./shard-filter.js";
import { shardOutput } from "./shard-output.js";

/** Shards of one answer, by default and at most. Source: "ListShards", API Reference. */
const MAX_RESULTS = 1000;

/** How long a token for the next page lives. Source: "ListShards", API Reference. */
const TOKEN_LIFETIME_MS = 300_000;

/** Where a page begins. */
interface Page {
  readonly stream: StreamModel;
  readonly filter: ShardFilter;
  /** Only shards with a higher id. */
  readonly after: string;
}

/** ListShards: the first request names the stream; later ones have only the token, which contains the filter. */
export const listShards: Operation = (input, { model, now, isListStale }) => {
  const fields = new InputFields(input);
  const named = readNamedStream(fields);
  const maxResults = fields.integer("MaxResults", { min: 1, max: 10_000 }) ?? MAX_RESULTS;
  const startAfter = fields.text("ExclusiveStartShardId", NAME_RULE);
  const filter = readShardFilter(fields);
  const token = fields.text("NextToken", { min: 1, max: 1_048_576 });
  fields.done();
  if (token !== undefined && named.isNamed) {
    throw invalidArgument("NextToken and StreamName cannot be provided together.");
  }
  checkShardFilter(filter);
  const page =
    token === undefined
      ? { stream: named.findIn(model), filter, after: startAfter ?? "" }
      : readPage(token, model, now);
  const { stream } = page;
  if (stream.status === "CREATING") stream.requireActive();
  const context = { trimHorizon: stream.trimHorizon(now), createdAt: stream.identity.createdAt };
  const shards = stream
    .listing(now, isListStale)
    .filter((listed) => listed.shard.shardId > page.after && passesShardFilter(listed, page.filter, context));
  const told = shards.slice(0, Math.min(maxResults, MAX_RESULTS));
  const last = told.at(-1);
  return {
    Shards: told.map(shardOutput),
    NextToken:
      last === undefined || told.length === shards.length
        ? undefined
        : writePage({ ...page, after: last.shard.shardId }, now),
  };
};

function writePage({ stream, filter, after }: Page, now: number): string {
  const { type, shardId = "", timestamp = 0 } = filter;
  return writeToken([stream.identity.name, stream.identity.generation, type, shardId, timestamp, after, now]);
}

function readPage(token: string, model: KinesisModel, now: number): Page {
  const fields = readToken(token, ["string", "number", "string", "string", "number", "string", "number"]);
  if (fields === undefined) throw invalidArgument("Invalid NextToken.");
  const [name, generation, type, shardId, timestamp, after, writtenAt] = fields as [
    string,
    number,
    ShardFilter["type"],
    string,
    number,
    string,
    number,
  ];
  if (now - writtenAt > TOKEN_LIFETIME_MS) {
    throw new ServiceError("ExpiredNextTokenException", "The NextToken has expired: it is valid for 300 seconds.");
  }
  const stream = model.stream(name);
  if (stream.identity.generation !== generation) throw invalidArgument("Invalid NextToken.");
  return { stream, filter: { type, shardId, timestamp }, after };
}
