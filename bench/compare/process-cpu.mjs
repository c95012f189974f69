/** CPU time of other processes, as Linux tells it. */
import { readdirSync, readFileSync } from "node:fs";

/** Of Linux, on every machine that Node.js runs on. */
const TICKS_PER_SECOND = 100;

/**
 * The fields of /proc/<pid>/stat behind the name, which may hold anything; undefined when the process is gone.
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
 * Milliseconds that a process and those below it have used so far, in user code and the kernel's.
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
  // Parents need not come before their children.
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
