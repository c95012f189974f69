import { writeFileSync } from "node:fs";
import { DataDirectoryError, type LambdaTrigger, LocalKinesis, type LocalKinesisOptions } from "../../testing/index.js";
import { type Command, CommandError, type Terminal } from "../command.js";
import type { OptionValues } from "../option-table.js";
import { UsageError } from "../usage-error.js";
import { connectionHints } from "./connection-hints.js";
import { type Delivered, readDeliver, startDelivery } from "./deliver-option.js";
import { readLambda } from "./lambda-options.js";
import { LOCAL_OPTIONS, type Output, readLocalOptions, readOutput } from "./local-options.js";
import { describeLambda, lambdaTrigger, loadLambda } from "./run-lambda.js";
import { describeStreams, describeSummary, runSummary, streamStates } from "./run-summary.js";

const NOTES = `Numbers of --limit: write.recordsPerSecond, write.bytesPerSecond, write.burstBytes, read.callsPerSecond,
read.bytesPerSecond, and calls a second as calls.ListShards. Limits without --limit have the service's numbers.

A fault is one line of text: operations, the effect, and the conditions. Examples:
  --fault "PutRecords fail-entry p=0.01"                some records fail
  --fault "PutRecords throttle-entry shard=shardId-000000000001"
  --fault "PutRecords reset at=after-storing calls=3"   stored, never answered
  --fault "latency ms=20..200"
All of them: docs/local-kinesis.md.

Ctrl-C ends it, and prints a summary of the calls and records.`;

/** `kinesis-producer local`: a Kinesis on this machine, until Ctrl-C. */
export const localCommand: Command = {
  name: "local",
  summary: "start a Kinesis on this machine, for any client, with limits and faults on request",
  options: LOCAL_OPTIONS,
  notes: NOTES,
  run: runLocal,
};

async function runLocal(values: OptionValues, terminal: Terminal): Promise<void> {
  const output = readOutput(values);
  const options = readLocalOptions(values);
  const deliver = readDeliver(values, Object.keys(options.streams ?? {}));
  const choice = readLambda(values);
  const lambda = choice === undefined ? undefined : await loadLambda(choice);
  const kinesis = await start(options);
  let trigger: LambdaTrigger | undefined;
  let delivered: Delivered | undefined;
  try {
    trigger = lambda === undefined ? undefined : lambdaTrigger(lambda, kinesis, output, terminal);
    const ownCertFile = values.text("tls", { pattern: /./, allowed: "a file" });
    if (ownCertFile !== undefined) writeCertificate(ownCertFile, kinesis.certificate ?? "");
    terminal.out(greeting(kinesis, options, ownCertFile ?? values.text("tls-cert"), output));
    await trigger?.start();
    const delivery = deliver && (await startDelivery(kinesis, deliver, (text) => terminal.err(text)));
    await terminal.interrupted;
    delivered = await delivery?.end();
  } finally {
    await trigger?.close();
    await kinesis.close();
  }
  const summary = { ...runSummary(kinesis), ...(delivered === undefined ? {} : { delivered }) };
  const figures = trigger?.stats();
  if (output === "json") terminal.out(JSON.stringify({ ...summary, lambda: figures }));
  if (output === "text") terminal.out(describeSummary(summary));
  if (output === "text" && figures !== undefined) terminal.out(describeLambda(figures));
}

async function start(options: LocalKinesisOptions & { readonly port: number }): Promise<LocalKinesis> {
  try {
    return await LocalKinesis.start(options);
  } catch (error) {
    throw explained(error, options);
  }
}

function writeCertificate(file: string, certificate: string): void {
  try {
    writeFileSync(file, certificate);
  } catch (error) {
    throw new CommandError(`--tls cannot be written: ${String(error)}`, { cause: error });
  }
}

/** An error that the user can solve, in the words of the command line. Any other error is unchanged. */
function explained(error: unknown, { port, tls, dataDir }: LocalKinesisOptions & { readonly port: number }): unknown {
  if (error instanceof DataDirectoryError) return new CommandError(error.message, { cause: error });
  if (error instanceof RangeError) return new UsageError(error.message);
  if (!(error instanceof Error && "code" in error)) return error;
  const code = String(error.code);
  if (code === "EADDRINUSE") {
    return new CommandError(`port ${port} is in use: choose another with --port, or any free port with --port 0`);
  }
  if (code === "EACCES" && "syscall" in error && error.syscall === "listen") {
    return new CommandError(
      `port ${port} needs permissions that this process does not have: choose another with --port`,
    );
  }
  if (tls !== undefined && /^ERR_(OSSL|SSL)/.test(code)) {
    return new CommandError(`--tls-key and --tls-cert are not a key and its certificate: ${error.message}`);
  }
  if (dataDir !== undefined && "path" in error) return new CommandError(`--data-dir cannot be used: ${error.message}`);
  return error;
}

function greeting(
  kinesis: LocalKinesis,
  { dataDir, accountId }: LocalKinesisOptions,
  certFile: string | undefined,
  output: Output,
): string {
  const { endpoint, region } = kinesis.clientConfig();
  if (output === "quiet") return endpoint;
  const streams = streamStates(kinesis);
  if (output === "json") return JSON.stringify({ endpoint, region, accountId, dataDir, streams });
  const kept =
    dataDir === undefined ? "Records are lost when it ends (--data-dir keeps them)" : `Records are kept in ${dataDir}`;
  return [
    `A local Kinesis listens on ${endpoint}, region ${region}.`,
    describeStreams(streams),
    "",
    connectionHints({ endpoint, region, stream: streams[0]?.name ?? "clicks", certFile }),
    "",
    `${kept}. Ctrl-C ends it.`,
  ].join("\n");
}
