import { randomBytes } from "node:crypto";

import type { Random } from "../core/ports.js";

/** Randomness of the system, for what must differ from every other process: 48 bits a number. */
export const secureRandom: Random = () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48;
