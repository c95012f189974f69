import { randomBytes } from "node:crypto";

import type { Random } from "../core/ports.js";

/** The system's random numbers, for values that must differ from those of every other process: 48 bits per number. */
export const secureRandom: Random = () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48;
