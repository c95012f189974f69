import type {
  PutRecordsAnswer,
  PutRecordsRequest,
  RequestFailure,
  ShardSelection,
  ShardsAnswer,
  StreamDirectory,
  StreamRef,
  StreamSummary,
  Transport,
} from "../../src/core/ports.js";
import type { ManualClock } from "../../src/testing/manual-clock.js";
import { type HeldListing, type HeldRequest, VirtualKinesis } from "./virtual-kinesis.js";

/** Several streams behind one transport and one directory. */
export class VirtualService implements Transport, StreamDirectory {
  readonly streams: ReadonlyMap<string, VirtualKinesis>;
  /** True in half of the schedules. False: memory that was reused too soon shows as changed records. */
  readonly readsAtOnce: boolean;

  constructor(clock: ManualClock, streamNames: readonly string[], shardCount: number) {
    this.readsAtOnce = shardCount % 2 === 1;
    this.streams = new Map(
      streamNames.map((name, i) => [name, new VirtualKinesis(clock, shardCount + i, this.readsAtOnce)]),
    );
  }

  /** The n-th stream, modulo their count. */
  at(index: number): VirtualKinesis {
    const streams = [...this.streams.values()];
    return streams[index % streams.length] as VirtualKinesis;
  }

  of(streamName: string): VirtualKinesis {
    return this.streams.get(streamName) as VirtualKinesis;
  }

  /** Requests of all streams that the test has not answered yet. */
  get requests(): readonly HeldRequest[] {
    return [...this.streams.values()].flatMap(({ requests }) => requests);
  }

  get listings(): readonly HeldListing[] {
    return [...this.streams.values()].flatMap(({ listings }) => listings);
  }

  /** From now on every call is answered at once. */
  calm(): void {
    for (const stream of this.streams.values()) stream.isCalm = true;
  }

  putRecords(request: PutRecordsRequest): Promise<PutRecordsAnswer> {
    return this.of(request.stream.streamName).putRecords(request);
  }

  listShards(stream: StreamRef, selection: ShardSelection): Promise<ShardsAnswer> {
    return this.of(stream.streamName).listShards(stream, selection);
  }

  describeStream(stream: StreamRef): Promise<StreamSummary | RequestFailure> {
    return this.of(stream.streamName).describeStream();
  }
}
