import { describe, expect, test } from "vitest";

import { InvalidOptionError } from "../../src/errors.js";
import type { ProducerOptions } from "../../src/options.js";
import { resolveOptions } from "../../src/resolve-options.js";

function resolve(options: object) {
  return resolveOptions(options as ProducerOptions);
}

/** The error for these options. Fails the test without an error. */
function refusal(options: object): InvalidOptionError {
  try {
    resolve(options);
  } catch (error) {
    if (error instanceof InvalidOptionError) return error;
    throw error;
  }
  throw new Error("not refused");
}

describe("an options object that runs code, or has odd names", () => {
  test.each(["aggregation.maxBytes", "aggregation.mode", "shardLimits.recordsPerSecond"])(
    "%s as one name is refused, with the section to set it in",
    (path) => {
      const [section, name] = path.split(".");

      const { option, message } = refusal({ [path]: "nonsense" });

      expect(option).toBe(path);
      expect(message).toBe(`there is no option ${path}; write ${section}: { ${name}: … }`);
    },
  );

  test("onOrderedFailure is read once", () => {
    const answers = [undefined, "failKey"];
    const options = {
      get onOrderedFailure() {
        return answers.shift();
      },
    };

    expect(resolve(options).values.onOrderedFailure).toBe("skip");
    expect(answers).toEqual(["failKey"]);
  });

  test.each([
    ["lingerMs", (getter: PropertyDescriptor) => Object.defineProperty({}, "lingerMs", getter)],
    [
      "aggregation.maxBytes",
      (getter: PropertyDescriptor) => ({ aggregation: Object.defineProperty({}, "maxBytes", getter) }),
    ],
  ])("a getter of %s that throws is named", (path, make) => {
    const thrown = new Error("the vault is sealed");
    const get = (): never => {
      throw thrown;
    };

    expect(refusal(make({ enumerable: true, get }))).toMatchObject({
      option: path,
      message: `${path} cannot be read: its getter throws`,
      cause: thrown,
    });
  });

  test("a Proxy that does not list its names is refused", () => {
    const thrown = new Error("no");
    const options = new Proxy(
      {},
      {
        ownKeys: () => {
          throw thrown;
        },
      },
    );

    expect(refusal(options)).toMatchObject({ option: "options", cause: thrown });
  });
});
