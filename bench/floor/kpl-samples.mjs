/** The tuned KPL in the rounds of the bench. */
import { kplSide } from "../compare/kpl/side.mjs";

/** Installs the KPL. @returns {import("./samples.mjs").FloorSample[]} */
export function kplSamples() {
  const side = kplSide("tuned");
  return [
    { size: 100, title: "100 B" },
    { size: 1024, title: "1 KiB" },
  ].map(({ size, title }) => ({
    name: `${side.name}, ${title}`,
    isInSmoke: false,
    async measure({ warmUp, seconds }) {
      const { cpuUs, recordsPerSecond } = await side.measure({ size, seconds, warmUp });
      return { cpuUs, recordsPerSecond };
    },
  }));
}
