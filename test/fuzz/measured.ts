import { getHeapStatistics } from "node:v8";

/** Time limits: one part for the call, one part for each byte. Each is many times the time that is needed. */
const TIME_MS = { call: 0.5, byte: 0.000_5 };
const MEMORY_BYTES = { call: 256 * 1024, byte: 200 };
/** For each byte of a message that is opened: the pieces, the whole, a copy for the parser, and the places of its parts. */
const OPENED = { timeMs: 0.000_1, memoryBytes: 24 };
/** LZ4 makes whole blocks, and all codecs have a state. */
const MARGIN = { timeMs: 2, memoryBytes: 16 * 1024 * 1024 };
/** Repetitions of a measurement above its limit: other work on the machine is not a fault of the input. */
const TRIES = 8;

/**
 * Reads an input within its limits of time and memory.
 *
 * @param bytes - of the input
 * @param openedBytes - of the message that is opened; 0 for none
 * @throws Error when it takes more than its size allows
 */
export function measured<Answer>(bytes: number, openedBytes: number | undefined, read: () => Answer): Answer {
  const margin = openedBytes === undefined ? { timeMs: 0, memoryBytes: 0 } : MARGIN;
  const opened = openedBytes ?? 0;
  const mayTakeMs = TIME_MS.call + TIME_MS.byte * bytes + OPENED.timeMs * opened + margin.timeMs;
  const mayTakeBytes = MEMORY_BYTES.call + MEMORY_BYTES.byte * bytes + OPENED.memoryBytes * opened + margin.memoryBytes;
  for (let left = TRIES; ; left--) {
    const before = memoryInUse();
    const startedAt = performance.now();
    const answer = read();
    const tookMs = performance.now() - startedAt;
    const tookBytes = memoryInUse() - before;
    if (tookMs <= mayTakeMs && tookBytes <= mayTakeBytes) return answer;
    if (left === 1)
      throw new Error(`took ${tookMs.toFixed(1)} ms and ${tookBytes} bytes for ${bytes}, with ${opened} inside`);
  }
}

function memoryInUse(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}

/** @throws Error with this message when it does not hold */
export function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
