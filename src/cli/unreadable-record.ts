import { type DeaggregatedRecord, UnreadableRecordError } from "../deaggregate/index.js";

/** The problem with a compressed aggregate, in words for the command line, where no codec can be passed. */
export function describeUnreadable({ message }: UnreadableRecordError): string {
  return message.replace(
    ": no codec has this name: pass it in the option codecs",
    ", which the command line does not have: it has gzip, zstd and lz4",
  );
}

/** User records, without those of compressed aggregates that cannot be opened. */
export function* readableRecords(
  records: Iterable<DeaggregatedRecord>,
  onUnreadable: (problem: string) => void,
): Generator<DeaggregatedRecord, void> {
  const iterator = records[Symbol.iterator]();
  for (;;) {
    let result: IteratorResult<DeaggregatedRecord>;
    try {
      result = iterator.next();
    } catch (error) {
      if (!(error instanceof UnreadableRecordError)) throw error;
      onUnreadable(describeUnreadable(error));
      continue;
    }
    if (result.done === true) return;
    yield result.value;
  }
}
