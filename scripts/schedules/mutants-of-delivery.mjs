import { edit } from "./mutant.mjs";

/** @param {string} name */
const test = (name) => `test/unit/testing/delivery/${name}.test.ts`;
/** @param {string} name */
const file = (name) => `testing/delivery/${name}.ts`;

/**
 * Delivery streams: order, retries, accounts, the contract of the transform, partitions and buffers.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_DELIVERY = [
  {
    name: "a batch does not wait for the invocation before it, which is repeated",
    edits: [
      edit(
        file("delivery-pipeline"),
        "this.#transforms = this.#transforms.then(async () => {",
        "this.#transforms = Promise.resolve().then(async () => {",
      ),
    ],
    caughtBy: test("delivery-pipeline"),
  },
  {
    name: "a file that the destination refused is forgotten",
    edits: [
      edit(
        file("file-writer"),
        "onFailure(error, ++entry.attempts, entry.key);",
        "onFailure(error, ++entry.attempts, entry.key);\n        return true;",
      ),
    ],
    caughtBy: test("delivery-pipeline"),
  },
  {
    name: "a file overtakes the one before it in its prefix",
    edits: [edit(file("file-writer"), "lane.push(entry);", "lane.unshift(entry);")],
    caughtBy: test("delivery-pipeline"),
  },
  {
    name: "flush resolves while records of this generation are unsettled",
    edits: [edit(file("unsettled"), "if (waiter.generation < oldest)", "if (waiter.generation <= oldest)")],
    caughtBy: test("unsettled"),
  },
  {
    name: "flush leaves the open batch of the transform",
    edits: [
      edit(
        file("delivery-pipeline"),
        "for (const batch of this.#batches?.cut() ?? []) this.#transform(batch);\n    await this.#transforms;",
        "await this.#transforms;",
      ),
    ],
    caughtBy: test("delivery-pipeline"),
  },
  {
    name: "the timer of a file hides a batch that is due earlier",
    edits: [
      edit(
        file("delivery-pipeline"),
        "if (this.#timer !== undefined && this.#timer.dueAt <= dueAt) return;",
        "if (this.#timer !== undefined && dueAt > 0) return;",
      ),
    ],
    caughtBy: test("delivery-pipeline"),
  },
  {
    name: "a dropped record stays unsettled",
    edits: [
      edit(
        file("delivery-pipeline"),
        "this.#unsettled.settle(record.generation, record.source.data.length);",
        "void record;",
      ),
    ],
    caughtBy: test("delivery-pipeline"),
  },
  {
    name: "an id that is returned twice counts once",
    edits: [
      edit(
        file("transform-answer"),
        "if (byId.has(recordId)) duplicated.add(recordId);\n    else byId",
        "if (!byId.has(recordId)) byId",
      ),
    ],
    caughtBy: test("transform-answer"),
  },
  {
    name: "results are taken in the order of the answer",
    edits: [
      edit(
        file("transform-answer"),
        "verdictOf(byId.get(recordId));",
        "verdictOf(results[recordIds.indexOf(recordId)]);",
      ),
    ],
    caughtBy: test("transform-answer"),
  },
  {
    name: "an invocation has one attempt fewer than retries allow",
    edits: [
      edit(
        file("transform-invoker"),
        "if (attempts > this.#settings.numberOfRetries)",
        "if (attempts >= this.#settings.numberOfRetries)",
      ),
    ],
    caughtBy: test("transform-invoker"),
  },
  {
    name: "a second attempt sees what the first one did to the event",
    edits: [
      edit(
        file("transform-invoker"),
        "await handler(JSON.parse(event), context as never, undefined as never);",
        "await handler(((batchEvents[event.slice(60)] ??= JSON.parse(event)) as never), context as never, undefined as never);",
      ),
      edit(
        file("transform-invoker"),
        "/** The results of a batch. */",
        "const batchEvents: Record<string, unknown> = {};\n\n/** The results of a batch. */",
      ),
    ],
    caughtBy: test("transform-invoker"),
  },
  {
    name: "the events of small records exceed the payload",
    edits: [
      edit(
        file("transform-batches"),
        "this.#payloadBytes + payloadBytes > MAX_PAYLOAD_BYTES",
        "this.#payloadBytes < 0",
      ),
    ],
    caughtBy: test("transform-batches"),
  },
  {
    name: "one partition more than allowed is active",
    edits: [
      edit(
        file("partitions"),
        "this.#activeCount() >= partitioning.maxActivePartitions",
        "this.#activeCount() > partitioning.maxActivePartitions",
      ),
    ],
    caughtBy: test("delivery-pipeline"),
  },
  {
    name: "the prefix has the date of the first record, not of the oldest",
    edits: [
      edit(file("file-buffers"), "if (item.arrival < file.oldestArrival) file.oldestArrival = item.arrival;", ""),
    ],
    caughtBy: test("file-buffers"),
  },
  {
    name: "a file exceeds its size by its last record",
    edits: [
      edit(file("file-buffers"), "file.bytes + item.data.length > this.#maxBytes", "file.bytes > this.#maxBytes"),
    ],
    caughtBy: test("file-buffers"),
  },
  {
    name: "a full pipeline goes on reading",
    edits: [
      edit(
        file("delivery-pipeline"),
        "const isFull = this.#weight() >= this.#ports.maxHeldBytes;",
        "const isFull = this.#weight() < 0;",
      ),
    ],
    caughtBy: test("delivery-limits"),
  },
  {
    name: "a key leads out of the folder",
    edits: [edit(file("destinations"), 'part.replaceAll(".", "%2E")', "part")],
    caughtBy: test("destinations"),
  },
  {
    name: "a file appears before it is complete",
    edits: [
      edit(file("destinations"), ".part`", "`"),
      edit(file("destinations"), "await rm(unfinished, { force: true });", ""),
    ],
    caughtBy: test("destinations"),
  },
  {
    name: "records without data weigh nothing in hand",
    edits: [edit(file("delivery-pipeline"), "const RECORD_BYTES = 512;", "const RECORD_BYTES = 0;")],
    caughtBy: test("delivery-limits"),
  },
  {
    name: "any number of batches waits for the transform",
    edits: [
      edit(
        file("delivery-pipeline"),
        "if (!isFull && this.#waitingBatches <= MAX_WAITING_BATCHES) return;",
        "if (!isFull) return;",
      ),
    ],
    caughtBy: test("delivery-limits"),
  },
];
