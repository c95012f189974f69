/**
 * @typedef {{ records: number, checksum: number, wallNs: number, cpuNs: number }} Sample - nanoseconds of a user record
 * @typedef {{ peer: import("./peers.mjs").Peer, samples: readonly Sample[] }} Measured
 */

/**
 * A row for each peer: medians, the spread, and the ratio to this library with the same form of input.
 *
 * @param {readonly Measured[]} measured - of one size
 */
export function table(measured) {
  const rows = measured.map(({ peer, samples }) => {
    const wall = samples.map(({ wallNs }) => wallNs).sort((a, b) => a - b);
    const { byWall, byCpu, ofAll } = ratios(peer, measured);
    const shownRatio = (/** @type {number | undefined} */ ratio) => (ratio === undefined ? "" : ratio.toFixed(2));
    return [
      `${peer.name} ${peer.version}`,
      Math.round(1e6 / median(wall)).toLocaleString("en"),
      median(wall).toFixed(0),
      `${wall[0]?.toFixed(0)} to ${wall.at(-1)?.toFixed(0)}`,
      median(samples.map(({ cpuNs }) => cpuNs)).toFixed(0),
      shownRatio(byWall),
      shownRatio(byCpu),
      shownRatio(ofAll),
      peer.target === undefined ? "" : String(peer.target),
    ];
  });
  const head = [
    "decoder",
    "1,000 records/s",
    "ns a record",
    "lowest to highest",
    "CPU ns",
    "times ours",
    "by CPU",
    "times deaggregateAll()",
    "target",
  ];
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(["---", ...head.slice(1).map(() => "---:")]), ...rows.map(line)].join("\n");
}

/**
 * Ratios of medians to those of this library with the same form of input; undefined for this library.
 *
 * @param {import("./peers.mjs").Peer} peer
 * @param {readonly Measured[]} measured
 */
export function ratios(peer, measured) {
  const ours = measured.find((each) => each.peer.name === peer.against);
  const theirs = measured.find((each) => each.peer === peer);
  if (ours === undefined || theirs === undefined) return { byWall: undefined, byCpu: undefined, ofAll: undefined };
  const of = (/** @type {Measured} */ { samples }, /** @type {"wallNs" | "cpuNs"} */ field) =>
    median(samples.map((sample) => sample[field]));
  const all = measured.find((each) => each.peer.takesAllFor === peer.against);
  return {
    byWall: of(theirs, "wallNs") / of(ours, "wallNs"),
    byCpu: of(theirs, "cpuNs") / of(ours, "cpuNs"),
    ofAll: all && of(theirs, "wallNs") / of(all, "wallNs"),
  };
}

/** @param {readonly number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = Number.NaN] =
    sorted.length % 2 === 1 ? [sorted[middle], sorted[middle]] : sorted.slice(middle - 1, middle + 1);
  return (low + high) / 2;
}
