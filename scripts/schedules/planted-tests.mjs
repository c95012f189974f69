import { fork } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";

const WORKER = fileURLToPath(new URL("planted-tests-worker.mjs", import.meta.url));
/** A test that does not end counts as failed: the planted bug may be an endless loop. */
const TIMEOUT_MS = 120_000;

/**
 * @typedef {import("./planted-tests-worker.mjs").PlantedTest} PlantedTest
 * @typedef {import("./planted-tests-worker.mjs").PlantedVerdict} PlantedVerdict
 */

/**
 * Runs unit tests over planted sources, one after the other, in one process. It is replaced when a test does not end.
 */
export class PlantedTests {
  /** @type {object} */
  #settings;
  /** @type {import("node:child_process").ChildProcess | undefined} */
  #worker;

  /** @param {object} settings - of Vitest's project */
  constructor(settings) {
    this.#settings = settings;
    process.once("exit", () => this.stop());
  }

  /**
   * @param {string} file
   * @param {ReadonlyMap<string, string>} texts
   * @returns {Promise<PlantedVerdict>}
   */
  run(file, texts) {
    // In its own process group: the process in which Vitest runs the test must end with it.
    this.#worker ??= fork(WORKER, [JSON.stringify(this.#settings)], {
      detached: true,
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      /** @param {PlantedVerdict} verdict */
      const end = (verdict) => {
        clearTimeout(timer);
        worker.removeAllListeners();
        resolve(verdict);
      };
      const timer = setTimeout(() => {
        this.stop();
        end({ verdict: "failed", detail: "a test does not end" });
      }, TIMEOUT_MS);
      worker.once("message", (verdict) => end(/** @type {PlantedVerdict} */ (verdict)));
      worker.once("error", reject);
      worker.once("exit", (code, signal) => {
        this.#worker = undefined;
        clearTimeout(timer);
        reject(new Error(`the process that runs the tests ended with ${code ?? signal}`));
      });
      worker.send(/** @type {PlantedTest} */ ({ file, texts: [...texts] }));
    });
  }

  /** Ends the process with its children. */
  stop() {
    const pid = this.#worker?.pid;
    this.#worker?.removeAllListeners();
    this.#worker = undefined;
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  }
}
