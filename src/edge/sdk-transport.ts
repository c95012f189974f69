import type { KinesisClient, PutRecordsCommandOutput } from "@aws-sdk/client-kinesis";

import type { PutRecordsAnswer, PutRecordsRequest, RequestFailure, Transport } from "../core/ports.js";
import { followCommand } from "./command-progress.js";
import { readEntries } from "./entry-answer.js";
import { loadSdk, type Sdk } from "./lazy-sdk.js";
import { readSdkFailure } from "./sdk-failure.js";
import { sdkStream } from "./sdk-stream.js";
import { triesOf } from "./sdk-tries.js";
import type { Identity, SharedCredentials } from "./shared-credentials.js";
import type { TimeLimit } from "./time-limit.js";

/** PutRecords by the SDK's client. It may read the entries until it has answered. */
export class SdkTransport implements Transport {
  readonly #client: (sdk: Sdk) => KinesisClient;
  readonly #credentials: (sdk: Sdk) => SharedCredentials;
  readonly #limit: TimeLimit;
  readonly #close: () => void;
  readonly #why: string;

  /**
   * @param client - made on first use
   * @param limit - the time limit of a request
   * @param close - closes the client if the producer made it; does nothing for a client that the caller passed
   * @param why - the reason why this transport is used, for {@link describe}
   * @param credentials - the client's credentials
   */
  constructor(
    client: (sdk: Sdk) => KinesisClient,
    limit: TimeLimit,
    close: () => void,
    why: string,
    credentials: (sdk: Sdk) => SharedCredentials,
  ) {
    this.#client = client;
    this.#credentials = credentials;
    this.#limit = limit;
    this.#close = close;
    this.#why = why;
  }

  describe(): string {
    return `the SDK's client: ${this.#why}`;
  }

  async putRecords({ stream, entries }: PutRecordsRequest): Promise<PutRecordsAnswer> {
    let shared: SharedCredentials | undefined;
    let credentials: Identity | undefined;
    let answer: PutRecordsCommandOutput | undefined;
    // Nothing has left as long as the client does not have the command.
    let isUnsent = (_: unknown): boolean => true;
    try {
      // Not within the time limit of the request: so a provider that hangs never looks like a request that was sent.
      const sdk = await loadSdk();
      shared = this.#credentials(sdk);
      credentials = await shared.get();
      const command = new sdk.PutRecordsCommand({
        ...sdkStream(stream),
        Records: entries.map(({ partitionKey, explicitHashKey, data }) => ({
          Data: data,
          PartitionKey: partitionKey,
          ExplicitHashKey: explicitHashKey,
        })),
      });
      const client = this.#client(sdk);
      isUnsent = followCommand(command);
      answer = await this.#limit((options) => client.send(command, options));
    } catch (error) {
      const failure = readFailure(error, isUnsent(error));
      return shared?.judge(failure, credentials) ?? failure;
    }
    shared.onAccepted(credentials);
    return readAnswer(answer);
  }

  close(): void {
    this.#close();
  }
}

function readFailure(error: unknown, isUnsent: boolean): RequestFailure {
  const read = { ...readSdkFailure(error), ...triesOf(error) };
  if (isUnsent) return { ...read, mayBeStored: false, isUnsent: true };
  if (read.tries === undefined) return read;
  // Only the last try is known not to have left.
  const { isUnsent: _, ...tried } = read;
  return tried;
}

/** A client that the caller passed may return any value, or none; the request was sent in any case. */
function readAnswer(answer: PutRecordsCommandOutput | undefined): PutRecordsAnswer {
  try {
    return { kind: "answered", entries: readEntries(answer?.Records), ...triesOf(answer) };
  } catch (error) {
    return { kind: "failed", code: "UnreadableAnswer", message: String(error), mayBeStored: true, cause: error };
  }
}
