import type { Clock, Random, TimerHandle } from "../../src/core/ports.js";
import { RecordChecker } from "../../src/core/record/record-check.js";
import { FrameWriter } from "../../src/core/spool/frame-writer.js";
import { RecordFailedError, type UserRecord } from "../../src/index.js";
import { AppendCall } from "../../src/spool/append-call.js";
import type { LetterFile } from "../../src/spool/letter-box.js";
import type { Outcomes, Outlet } from "../../src/spool/outlet.js";
import { Spool } from "../../src/spool/spool.js";
import { SimulatedDisk, Steps } from "./simulated-disk.js";

/** How often the service does these, 0 to 1, for each delivery. */
export interface ServiceFaults {
  /** The stream refuses everybody for a while. */
  readonly kept: number;
  /** It refuses the record. */
  readonly final: number;
}

/** One copy of a record in the stream, or among the dead letters. */
export interface Copy {
  readonly key: string;
  readonly text: string;
  readonly recordId: string;
}

/** A record in the producer. */
interface Held {
  readonly record: UserRecord;
  readonly copy: Copy;
  readonly context: number;
  /** The stream has it, and the answer is under way. */
  isStored: boolean;
}

/** Records that the producer takes, of all keys and of one. */
const ROOM = 12;
const ROOM_OF_KEY = 6;

/** A disk, a service and a clock around one spool after the other. Only what a crash leaves is the same for all of them. */
export class SpoolWorld {
  readonly random: Random;
  readonly steps: Steps;
  readonly disk: SimulatedDisk;
  /** Everything that the stream has stored, in order. */
  readonly stored: Copy[] = [];
  readonly letters: Copy[] = [];
  readonly warnings: string[] = [];
  faults: ServiceFaults = { kept: 0, final: 0 };
  /** The producer accepts no record. */
  refusesAtOnce = false;
  /** Keys whose shards take nothing now. */
  readonly stuckKeys: Set<string> = new Set();
  /** Deliveries that wait for these keys. */
  #stuck: (() => void)[] = [];
  /** Whether the records of a key are delivered in order. */
  isOrdered = true;
  /** Bytes at which the spools are full. */
  maxBytes = 4_000;
  segmentBytes = 500;
  spool: Spool | undefined;
  /** Records in the producer of the spool now. */
  held: Held[] = [];
  /** Bumped by each crash: what an earlier process began has no effect. */
  #life = 0;
  #now = 1_000;
  /** Texts that the service refuses for good. */
  readonly #refused = new Set<string>();

  constructor(random: Random) {
    this.random = random;
    this.steps = new Steps(random);
    this.disk = new SimulatedDisk(random, this.steps);
  }

  /** Opens the spool, and runs steps until it is open. */
  async open(isDurable: boolean): Promise<Spool> {
    const opening = Spool.open({
      files: this.disk,
      clock: this.#clock(),
      random: this.random,
      isDurable,
      maxBytes: this.maxBytes,
      segmentBytes: this.segmentBytes,
      hasIds: true,
      isOrdered: this.isOrdered,
      letters: this.#letterFile(),
      newOutlet: (onOutcomes) => this.#outlet(onOutcomes),
      onRefused: () => {},
      warn: (message) => this.warnings.push(message),
    });
    this.spool = await this.finish(opening);
    return this.spool;
  }

  /** Runs steps until the promise has settled. Fails when nothing is left to run. */
  async finish<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const mark = (): void => {
      isSettled = true;
    };
    promise.then(mark, mark);
    for (let steps = 0; !isSettled; steps++) {
      if (steps > 100_000) throw new Error("nothing ends this");
      if (this.steps.count === 0 && steps > 3) throw new Error("nothing is left to do, and the promise waits");
      await this.steps.run();
    }
    return promise;
  }

  /** Appends a text. */
  append(key: string, text: string): Promise<void> {
    const checker = new RecordChecker();
    const record = { partitionKey: key, data: text };
    checker.check(record);
    const frames = new FrameWriter();
    frames.add(checker.checked, undefined, 1_700_000_000_000 + this.#now);
    const call = new AppendCall();
    this.spool?.append(frames, call.expectOne(), true);
    call.settle(undefined);
    return call.promise;
  }

  /** All shards take records again. */
  unstick(): void {
    this.stuckKeys.clear();
    for (const deliver of this.#stuck.splice(0)) this.steps.add(deliver);
  }

  /** The process ends at once, in the middle of everything. */
  crash(kind: "kill" | "power"): void {
    this.#life++;
    // Requests that were in flight: some arrived, and no answer did.
    // Of each key one record at a time is in flight, so that order is kept.
    for (const copy of firstOfEachKey(this.held)) {
      if (this.random() < 0.4 && !this.#refused.has(copy.text)) this.stored.push(copy);
    }
    this.held = [];
    if (kind === "kill") this.disk.kill();
    else this.disk.losePower();
    this.spool = undefined;
  }

  #outlet(onOutcomes: (batch: Outcomes) => void): Outlet {
    const life = this.#life;
    let waiting: (() => void)[] = [];
    let isClosed = false;
    let refused = "";
    const settle = (held: readonly Held[], error?: (record: UserRecord) => RecordFailedError): void => {
      if (life !== this.#life) return;
      this.held = this.held.filter((one) => !held.includes(one));
      onOutcomes(
        held.map(({ context, record }) =>
          error === undefined ? { context, result: {} } : { context, error: error(record) },
        ) as unknown as Outcomes,
      );
      for (const resolve of waiting.splice(0)) resolve();
    };
    return {
      enqueue: (record, context) => {
        if (isClosed) throw failure("KP_CLOSED")(record);
        if (this.refusesAtOnce) throw failure("KP_RECORD_TOO_LARGE")(record);
        const copy = copyOf(record);
        if (!this.#hasRoom(copy.key)) {
          refused = copy.key;
          return false;
        }
        // The producer copies the bytes.
        this.held.push({ record: { ...record, data: copy.text }, copy, context, isStored: false });
        this.steps.add(() => this.#deliver(settle, life));
        return true;
      },
      isFull: () => this.held.length >= ROOM,
      ready: () => new Promise((resolve) => (this.#hasRoom(refused) ? resolve() : waiting.push(resolve))),
      flush: async () => {},
      close: () =>
        new Promise((resolve) => {
          this.steps.add(() => {
            isClosed = true;
            settle([...this.held], failure("KP_CLOSED"));
            waiting = [];
            resolve(undefined);
          });
        }),
    };
  }

  /** Each key counts as a separate shard, with a share of the room. */
  #hasRoom(key: string): boolean {
    return this.held.length < ROOM && this.held.filter(({ copy }) => copy.key === key).length < ROOM_OF_KEY;
  }

  /** The fate of one record in flight: the first one of its key, so that order is kept. */
  #deliver(
    settle: (held: readonly Held[], error?: (record: UserRecord) => RecordFailedError) => void,
    life: number,
  ): void {
    const open = this.held.filter(({ isStored, copy }) => !(isStored || this.stuckKeys.has(copy.key)));
    if (life !== this.#life) return;
    if (open.length === 0) {
      this.#stuck.push(() => this.#deliver(settle, life));
      return;
    }
    const chosen = open[Math.floor(this.random() * open.length)] as Held;
    const ofKey = open.filter(({ copy }) => copy.key === chosen.copy.key);
    const [first] = ofKey as [Held];
    const fate = this.random();
    if (fate < this.faults.kept) settle(ofKey, failure("KP_RECORD_FAILED", "AccessDeniedException"));
    else if (this.#refused.has(first.copy.text) || fate < this.faults.kept + this.faults.final) {
      this.#refused.add(first.copy.text);
      settle([first], failure("KP_RECORD_FAILED", "ValidationException"));
    } else {
      this.stored.push(first.copy);
      first.isStored = true;
      if (this.random() < 0.5) settle([first]);
      else this.steps.add(() => settle([first]));
    }
  }

  #letterFile(): LetterFile {
    const life = this.#life;
    let waiting: Copy[] = [];
    let lost = 0;
    return {
      onFailed: ({ record }) => {
        if (this.random() < this.disk.faults.write / 4) lost++;
        else waiting.push(copyOf(record));
      },
      flush: () =>
        new Promise((resolve, reject) => {
          this.steps.add(() => {
            if (life !== this.#life) return;
            if (this.random() < this.disk.faults.write) {
              // The letters go on waiting.
              reject(new Error("ENOSPC"));
              return;
            }
            this.letters.push(...waiting);
            waiting = [];
            resolve();
          });
        }),
      close: async () => {},
      stats: () => ({ lost }),
    };
  }

  #clock(): Clock {
    const life = this.#life;
    return {
      now: () => this.#now,
      epochNow: () => 1_700_000_000_000 + this.#now,
      defer: (callback) => this.steps.add(callback),
      setTimer: (delayMs, callback): TimerHandle => {
        const dueAt = this.#now + delayMs;
        let isArmed = true;
        this.steps.add(() => {
          if (!isArmed || life !== this.#life) return;
          this.#now = Math.max(this.#now, dueAt);
          callback();
        });
        return {
          cancel: () => {
            isArmed = false;
          },
        };
      },
    };
  }
}

function firstOfEachKey(held: readonly Held[]): Copy[] {
  const first = new Map<string, Held>();
  for (const one of held) if (!(one.isStored || first.has(one.copy.key))) first.set(one.copy.key, one);
  return [...first.values()].map(({ copy }) => copy);
}

function copyOf({ partitionKey = "", data, recordId = "" }: UserRecord): Copy {
  return { key: partitionKey, text: typeof data === "string" ? data : Buffer.from(data).toString(), recordId };
}

function failure(
  code: "KP_CLOSED" | "KP_RECORD_FAILED" | "KP_RECORD_TOO_LARGE",
  serviceCode?: string,
): (record: UserRecord) => RecordFailedError {
  return (record) => new RecordFailedError({ code, message: `${serviceCode ?? code}`, record, serviceCode });
}
