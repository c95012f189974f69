import type { Logger } from "../core/ports.js";

/** Warnings as Node's own warnings: on stderr, unless the process listens for them. */
export const warningLogger: Logger = {
  warn(message) {
    process.emitWarning(message, "KinesisProducerWarning");
  },
};
