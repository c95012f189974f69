import { seededRandom } from "../../../testing/index.js";
import { AliasTable } from "./alias-table.js";
import type { KeyPlan } from "./key-plan.js";

/** Characters of a key: enough for the largest number of different keys. */
const KEY_LENGTH = 8;

/** Draws partition keys. The order depends only on the seed. */
export class KeyDraw {
  readonly #keys: readonly string[];
  readonly #random: () => number;
  readonly #alias: AliasTable | undefined;

  constructor(plan: KeyPlan, seed: number) {
    this.#keys = Array.from({ length: plan.count }, (_, index) => index.toString().padStart(KEY_LENGTH, "0"));
    this.#random = seededRandom(seed);
    const weights = weightsOf(plan);
    this.#alias = weights === undefined ? undefined : new AliasTable(weights);
  }

  next(): string {
    const place = this.#random() * this.#keys.length;
    const index = Math.floor(place);
    return this.#keys[this.#alias?.pick(index, place - index) ?? index] as string;
  }
}

/** Undefined when all keys are equally frequent. */
function weightsOf(plan: KeyPlan): Float64Array | undefined {
  const { kind, count } = plan;
  if (kind === "uniform" || count === 1) return undefined;
  if (kind === "zipf") {
    const { exponent } = plan;
    return Float64Array.from({ length: count }, (_, index) => 1 / (index + 1) ** exponent);
  }
  const { share } = plan;
  return Float64Array.from({ length: count }, (_, index) => (index === 0 ? share : (1 - share) / (count - 1)));
}
