/**
 * Runs the modules of examples one after the other, each with its own stage, and prints an outcome for each as a line of
 * JSON: `{ name, error? }`.
 *
 *     node run-examples.mjs '[["name", "file"], …]'
 *
 * @module
 */
import process from "node:process";

const LIMIT_MS = 10_000;

interface Stage {
  readonly kinesis: { readonly endpoint: string };
  readonly event: unknown;
  end(): Promise<void>;
}

let fail: (error: unknown) => void = () => {};
process.on("unhandledRejection", (error) => fail(error));
process.on("uncaughtException", (error) => fail(error));

/** Imports an example, and calls the handler of a Lambda function if it exports one. */
async function run(file: string, instance: number): Promise<void> {
  const stage = (await import(`./stage.mjs?${instance}`)) as Stage;
  process.env.AWS_ENDPOINT_URL_KINESIS = stage.kinesis.endpoint;
  const example = (await import(file)) as { readonly handler?: (event: unknown, context: object) => Promise<unknown> };
  await example.handler?.(stage.event, {});
  await stage.end();
}

async function within(running: Promise<void>): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    fail = reject;
    const timer = setTimeout(() => reject(new Error(`it has not ended after ${LIMIT_MS} ms`)), LIMIT_MS);
    running.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

for (const [i, [name = "", file = ""]] of (JSON.parse(process.argv[2] ?? "[]") as string[][]).entries()) {
  const error = await within(run(file, i)).then(
    () => undefined,
    (reason: unknown) => String(reason instanceof Error ? reason.stack : reason),
  );
  process.stderr.write(`${JSON.stringify({ name, error })}\n`);
}
process.exit();
