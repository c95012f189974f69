/**
 * How buffers are filled, and the bound of resident memory added by that, in MiB. A bound is the measured value
 * (docs/performance.md) plus about a third, because Node.js and the C library add to it.
 */

/**
 * @typedef {object} MemoryCase
 * @property {string} title
 * @property {"put" | "enqueue"} how
 * @property {number} size bytes of a record
 * @property {number} streams
 * @property {import("kinesis-producer").ProducerOptions} options
 * @property {{ fullMib: number, drainedMib: number }} bound
 */

/** @type {readonly MemoryCase[]} */
export const CASES = [
  {
    title: "enqueue, 64 MiB",
    how: "enqueue",
    size: 1024,
    streams: 1,
    options: {},
    bound: { fullMib: 120, drainedMib: 120 },
  },
  { title: "put, 64 MiB", how: "put", size: 1024, streams: 1, options: {}, bound: { fullMib: 160, drainedMib: 140 } },
  {
    title: "put, 4 MiB, 400 streams",
    how: "put",
    size: 1024,
    streams: 400,
    options: { maxBufferedBytes: 4 * 1024 * 1024 },
    bound: { fullMib: 80, drainedMib: 80 },
  },
];
