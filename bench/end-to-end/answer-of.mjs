/** Programs of the benches that measure one thing in a separate process, and report it in one message. */
import { fork } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";

/**
 * Runs a program to its end, and resolves with its last message.
 *
 * @param {URL} program
 * @param {object} argument - sent as JSON in the first argument
 * @param {readonly string[]} flags of Node.js
 * @param {NodeJS.ProcessEnv} [environment]
 * @returns {Promise<unknown>}
 */
export function answerOf(program, argument, flags, environment = {}) {
  const file = fileURLToPath(program);
  return new Promise((resolve, reject) => {
    const child = fork(file, [JSON.stringify(argument)], {
      execArgv: [...flags],
      env: { ...process.env, NODE_NO_WARNINGS: "1", ...environment },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    /** @type {unknown} */
    let answer;
    child.on("message", (message) => {
      answer = message;
    });
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      if (code === 0 && answer !== undefined) resolve(answer);
      else reject(new Error(`${file}: the process ended with ${code ?? signal}`));
    });
  });
}
