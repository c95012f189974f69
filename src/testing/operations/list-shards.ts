import type { KinesisModel } from "../kinesis-model/kinesis-model.js";
import { readToken, writeToken } from "../kinesis-model/opaque-token.js";
import { invalidArgument, ServiceError } from "../kinesis-model/service-error.js";
import type { StreamModel } from "../kinesis-model/stream-model.js";
import { checkCreationBesideToken, type NamesCreation, requireCreation } from "./creation-time.js";
import { findStream, type NamesStream } from "./named-stream.js";
import type { Operation } from "./operation.js";
import {
  checkShardFilter,
  passesShardFilter,
  type ShardFilter,
  type ShardFilterInput,
  shardFilterOf,
} from "./shard-filter.js";
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

interface Input extends NamesStream, NamesCreation {
  readonly ExclusiveStartShardId?: string;
  readonly MaxResults?: number;
  readonly ShardFilter?: ShardFilterInput;
}

/** ListShards: the first request names the stream; later ones have only the token, which contains the filter. */
export const listShards: Operation<Input> = (input, { model, now, isListStale }) => {
  const { MaxResults: maxResults = MAX_RESULTS, ExclusiveStartShardId: after = "", NextToken: token } = input;
  if (token !== undefined && (input.StreamName !== undefined || input.StreamARN !== undefined)) {
    throw invalidArgument("NextToken and StreamName cannot be provided together.");
  }
  checkCreationBesideToken(input);
  const filter = shardFilterOf(input.ShardFilter);
  checkShardFilter(filter);
  const page = token === undefined ? { stream: findStream(input, model), filter, after } : readPage(token, model, now);
  const { stream } = page;
  requireCreation(input, stream);
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
