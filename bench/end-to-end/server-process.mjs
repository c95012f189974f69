/** A counting server in a separate process, seen from the bench that starts it. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * @typedef {import("./counting-server.mjs").Question} Question
 * @typedef {import("./counting-server.mjs").Ready} Ready
 * @typedef {import("./counting-server.mjs").Usage} Usage
 */

export class ServerProcess {
  #child;
  /** @type {Ready} */
  ready;

  /**
   * @param {import("node:child_process").ChildProcess} child
   * @param {Ready} ready
   */
  constructor(child, ready) {
    this.#child = child;
    this.ready = ready;
  }

  /** @param {{ shards: number, tls: boolean }} options */
  static async start(options) {
    const child = fork(fileURLToPath(new URL("counting-server.mjs", import.meta.url)), {
      execArgv: ["--expose-gc"],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    return new ServerProcess(child, /** @type {Ready} */ (await ask(child, options)));
  }

  /**
   * @param {Question} [question]
   * @returns {Promise<Usage>}
   */
  async usage(question = {}) {
    return /** @type {Usage} */ (await ask(this.#child, question));
  }

  stop() {
    return new Promise((resolve) => {
      this.#child.once("exit", resolve);
      this.#child.kill();
    });
  }
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {Question} question
 */
function ask(child, question) {
  return new Promise((resolve, reject) => {
    const ended = (/** @type {number | null} */ code) => reject(new Error(`the server ended with ${code}`));
    child.once("exit", ended);
    child.once("message", (answer) => {
      child.off("exit", ended);
      resolve(answer);
    });
    child.send(question);
  });
}
