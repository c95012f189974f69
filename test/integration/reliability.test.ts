import { describe, expect, it } from "vitest";
import { FAULT_ROWS, kindsWithoutRow } from "../reliability/fault-rows.js";
import { CELL_MODES, CELL_TRANSPORTS, type CellLoad, runCell } from "../reliability/run-cell.js";

const LOAD: CellLoad = { waves: 6, recordsPerWave: 60, keys: 20, gapMs: 5, seed: 1 };
const RECORDS = LOAD.waves * LOAD.recordsPerWave;

/** The part of the matrix (`npm run reliability`) that takes a second. */
describe("the fault matrix", () => {
  it("has a row for every kind of fault there is", () => {
    expect(kindsWithoutRow()).toEqual([]);
  });

  it.each(CELL_TRANSPORTS.flatMap((transport) => CELL_MODES.map((mode) => ({ mode, transport }))))(
    "loses nothing when answers are cut off after storing, and a shard splits: $mode.name, $transport.name",
    async ({ mode, transport }) => {
      const row = FAULT_ROWS.find(({ name }) => name === "split under throttling and resets");
      if (row === undefined) throw new Error("the row has another name now");

      const { delivered, lost, failed, outOfOrder } = await runCell(row, mode, transport, LOAD, undefined);

      expect({ delivered, lost, failures: [...failed] }).toEqual({ delivered: RECORDS, lost: 0, failures: [] });
      if (mode.options.ordering === "shard") expect(outOfOrder).toBe(0);
    },
  );
});
