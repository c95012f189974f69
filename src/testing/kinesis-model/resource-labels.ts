/** Labels as plain data. */
export interface LabelsSnapshot {
  readonly tags?: readonly (readonly [key: string, value: string])[];
  readonly policy?: string;
}

/** The labels of a resource, which is a stream, a consumer or a channel: its tags and its policy. */
export class ResourceLabels {
  readonly #tags: Map<string, string>;
  readonly #changed: () => void;
  #policy: string | undefined;

  /** @param changed - called after each change */
  constructor(changed: () => void, { tags = [], policy }: LabelsSnapshot = {}) {
    this.#changed = changed;
    this.#tags = new Map(tags);
    this.#policy = policy;
  }

  get tags(): ReadonlyMap<string, string> {
    return this.#tags;
  }

  /** Sets tags; an existing tag gets the new value. */
  addTags(tags: Iterable<readonly [key: string, value: string]>): void {
    for (const [key, value] of tags) this.#tags.set(key, value);
    this.#changed();
  }

  /** Removes tags; unknown tags are ignored. */
  removeTags(keys: Iterable<string>): void {
    for (const key of keys) this.#tags.delete(key);
    this.#changed();
  }

  /** The resource policy, JSON text. Nothing obeys it. */
  get policy(): string | undefined {
    return this.#policy;
  }

  set policy(policy: string | undefined) {
    this.#policy = policy;
    this.#changed();
  }

  snapshot(): LabelsSnapshot {
    return {
      ...(this.#tags.size === 0 ? {} : { tags: [...this.#tags] }),
      ...(this.#policy === undefined ? {} : { policy: this.#policy }),
    };
  }
}
