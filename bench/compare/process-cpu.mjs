/** CPU time of other processes, from Linux's /proc. */
import { readdirSync, readFileSync } from "node:fs";

/** Linux's value on every machine that runs Node.js. */
const TICKS_PER_SECOND = 100;

/**
 * The fields of /proc/<pid>/stat after the name, which may have any characters; undefined when the process has ended.
 *
 * @param {number} pid
 */
function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

/**
 * CPU milliseconds of a process and its descendants so far, in user mode and in the kernel.
 *
 * @param {number} root
 */
export function cpuMsOfTree(root) {
  const stats = new Map(
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        const stat = statOf(Number(name));
        return stat === undefined ? [] : [/** @type {const} */ ([Number(name), stat])];
      }),
  );
  if (!stats.has(root)) throw new Error(`process ${root} is gone`);
  const tree = new Set([root]);
  // A parent may come after its children.
  for (let before = 0; before < tree.size; ) {
    before = tree.size;
    for (const [pid, stat] of stats) if (tree.has(Number(stat[1]))) tree.add(pid);
  }
  let ticks = 0;
  for (const pid of tree) {
    const stat = stats.get(pid);
    ticks += Number(stat?.[11] ?? 0) + Number(stat?.[12] ?? 0);
  }
  return (ticks / TICKS_PER_SECOND) * 1000;
}
