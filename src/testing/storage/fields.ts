/** Fields of an object from a file. Each getter throws a TypeError that names the wrong field. */
export class Fields {
  readonly #path: string;
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(value: unknown, path: string) {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw new TypeError(`${path} is no object`);
    this.#values = value as Readonly<Record<string, unknown>>;
    this.#path = path;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#values, name);
  }

  text(name: string, isRight: (text: string) => boolean = () => true): string {
    const value = this.#value(name);
    if (typeof value !== "string" || !isRight(value)) throw this.#wrong(name, value);
    return value;
  }

  number(name: string): number {
    const value = this.#value(name);
    if (typeof value !== "number") throw this.#wrong(name, value);
    return value;
  }

  /** A whole number from 0 on. */
  count(name: string): number {
    const value = this.number(name);
    if (!Number.isSafeInteger(value) || value < 0) throw this.#wrong(name, value);
    return value;
  }

  /** A text, or undefined when the field is missing. */
  optionalText(name: string): string | undefined {
    return this.has(name) ? this.text(name) : undefined;
  }

  /** A number, or undefined when the field is missing. */
  optionalNumber(name: string): number | undefined {
    return this.has(name) ? this.number(name) : undefined;
  }

  /** The items of a list; none when the field is missing. */
  optionalList<Item>(name: string, read: (item: unknown, path: string) => Item): Item[] {
    return this.has(name) ? this.list(name, read) : [];
  }

  list<Item>(name: string, read: (item: unknown, path: string) => Item): Item[] {
    const value = this.#value(name);
    if (!Array.isArray(value)) throw this.#wrong(name, value);
    return value.map((item, index) => read(item, `${this.#path}.${name}[${index}]`));
  }

  fields(name: string): Fields {
    return new Fields(this.#value(name), `${this.#path}.${name}`);
  }

  #value(name: string): unknown {
    return this.has(name) ? this.#values[name] : undefined;
  }

  #wrong(name: string, value: unknown): TypeError {
    return new TypeError(`${this.#path}.${name} is ${JSON.stringify(value) ?? "missing"}`);
  }
}
