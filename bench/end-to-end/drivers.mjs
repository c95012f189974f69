/**
 * The callers of the measured producer. Each hands over records as fast as they are taken, until it is stopped. Between
 * bursts it returns to the event loop, like a caller that gets its records from somewhere.
 */
import { setImmediate as nextTurn } from "node:timers/promises";

/**
 * @typedef {import("kinesis-producer").KinesisProducer} KinesisProducer
 * @typedef {import("./workload.mjs").Workload} Workload
 * @typedef {"put" | "enqueue" | "putMany"} How
 * @typedef {{ isWanted: boolean, outstanding: number }} Switch - `outstanding`: records without an outcome, kept by `put`
 * @typedef {(producer: KinesisProducer, workload: Workload, more: Switch, window: number) => Promise<number>} Driver
 */

const BURST = 500;

/**
 * A promise per record, each with a reaction of the caller's. The caller keeps `window` of them at most, and goes on when half
 * of them are settled.
 *
 * @type {Driver}
 */
async function put(producer, workload, more, window) {
  let handedOver = 0;
  /** @type {(() => void) | undefined} */
  let goOn;
  const onSettled = () => {
    more.outstanding--;
    if (goOn !== undefined && more.outstanding <= window / 2) {
      goOn();
      goOn = undefined;
    }
  };
  while (more.isWanted) {
    // A failed record is an unhandled rejection, and must not happen.
    for (let i = 0; i < BURST; i++) producer.put(workload.next()).then(onSettled);
    handedOver += BURST;
    more.outstanding += BURST;
    if (more.outstanding < window) await nextTurn();
    else {
      await new Promise((resolve) => {
        goOn = () => resolve(undefined);
      });
    }
  }
  return handedOver;
}

/**
 * No promise per record; when there is no room, the caller waits for it.
 *
 * @type {Driver}
 */
async function enqueue(producer, workload, more) {
  let handedOver = 0;
  while (more.isWanted) {
    for (let i = 0; i < BURST; i++) {
      const record = workload.next();
      while (!producer.enqueue(record)) await producer.ready();
    }
    handedOver += BURST;
    await nextTurn();
  }
  return handedOver;
}

/**
 * One iterable without end, whose number of outcomes is awaited.
 *
 * @type {Driver}
 */
async function putMany(producer, workload, more) {
  let handedOver = 0;
  const records = function* () {
    while (more.isWanted) {
      handedOver++;
      yield workload.next();
    }
  };
  const { delivered, failed } = await producer.putMany(records());
  if (failed > 0 || delivered !== handedOver)
    throw new Error(`${handedOver} put, ${delivered} delivered, ${failed} failed`);
  return handedOver;
}

/** @type {Readonly<Record<How, Driver>>} */
export const DRIVERS = { put, enqueue, putMany };
