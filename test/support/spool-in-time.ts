import { RecordChecker } from "../../src/core/record/record-check.js";
import { FrameWriter } from "../../src/core/spool/frame-writer.js";
import { KinesisProducer, type UserRecord } from "../../src/index.js";
import { AppendCall } from "../../src/spool/append-call.js";
import type { Outcomes } from "../../src/spool/outlet.js";
import { ProducerOutlet } from "../../src/spool/producer-outlet.js";
import { Spool } from "../../src/spool/spool.js";
import { evenShards } from "../../src/testing/even-shards.js";
import { seededRandom } from "../../src/testing/faults/seeded-random.js";
import { ManualClock } from "../../src/testing/manual-clock.js";
import { acceptByRange } from "../../src/testing/scripted-answers.js";
import { ScriptedDirectory } from "../../src/testing/scripted-directory.js";
import { ScriptedTransport } from "../../src/testing/scripted-transport.js";
import { SimulatedDisk, Steps } from "./simulated-disk.js";

const SHARDS = evenShards(4);

/** A spool with a real producer in front of four shards of 1 MB/s each, in virtual time. */
export class SpoolInTime {
  readonly clock: ManualClock = new ManualClock();
  /** When a record was delivered, by its data. */
  readonly deliveredAt: Map<string, number> = new Map();
  readonly #random = seededRandom(1);
  readonly #steps: Steps = new Steps(this.#random);
  readonly #disk: SimulatedDisk = new SimulatedDisk(this.#random, this.#steps);
  readonly #names: string[] = [];
  #spool: Spool | undefined;

  async open(isOrdered: boolean): Promise<Spool> {
    const { clock } = this;
    const opening = Spool.open({
      files: this.#disk,
      clock,
      random: this.#random,
      isDurable: false,
      maxBytes: 1024 ** 3,
      segmentBytes: 512 * 1024,
      hasIds: true,
      isOrdered,
      letters: {
        onFailed: () => {},
        flush: async () => {},
        close: async () => {},
        stats: () => ({ lost: 0 }),
      },
      newOutlet: (onOutcomes) => new ProducerOutlet(this.#producer(onOutcomes)),
      onRefused: () => {},
      warn: () => {},
    });
    await this.#settle();
    this.#spool = await opening;
    return this.#spool;
  }

  /** Appends records; their data are their names. */
  append(records: readonly (UserRecord & { readonly data: string })[]): void {
    const checker = new RecordChecker();
    const frames = new FrameWriter();
    for (const record of records) {
      checker.check(record);
      frames.add(checker.checked, undefined, this.clock.epochNow());
      this.#names.push(record.data);
    }
    const call = new AppendCall();
    this.#spool?.append(frames, call.expectOne(), true);
    call.settle(undefined);
  }

  /** Lets time pass, in small steps. */
  async pass(ms: number, stepMs = 10): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      await this.clock.advanceAsync(stepMs);
      await this.#settle();
    }
  }

  /** Everything that the disk has to do happens now. */
  async #settle(): Promise<void> {
    do {
      await this.#steps.run();
      await this.clock.settle();
    } while (this.#steps.count > 0);
  }

  #producer(onOutcomes: (batch: Outcomes) => void): KinesisProducer<number> {
    return new KinesisProducer<number>({
      streamName: "virtual",
      clock: this.clock,
      transport: new ScriptedTransport(acceptByRange(SHARDS)),
      directory: new ScriptedDirectory({ shards: SHARDS }),
      random: () => 0.5,
      lingerMs: 20,
      maxBufferedBytes: 2 * 1024 * 1024,
      recordTtlMs: Number.POSITIVE_INFINITY,
      onDelivery: (batch) => {
        const outcomes = [...batch];
        for (const { context, error } of outcomes) {
          if (error === undefined) this.deliveredAt.set(this.#names[context as number] as string, this.clock.now());
        }
        onOutcomes(outcomes as unknown as Outcomes);
      },
    });
  }
}
