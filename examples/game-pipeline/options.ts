import { parseArgs } from "node:util";

/** The options of the command line. */
export interface Options {
  /** Seconds that the day takes. */
  readonly seconds: number;
  /** Events a second in the evening. */
  readonly rate: number;
  /** Servers in the evening. */
  readonly servers: number;
  /** Undefined: `build/game-pipeline`, which is emptied. */
  readonly out: string | undefined;
  /** The endpoint of a server with the API of S3; undefined: a folder. */
  readonly s3: string | undefined;
  readonly port: number;
  readonly isCalm: boolean;
  readonly isStaying: boolean;
  readonly json: boolean;
}

export const HELP = `Usage: npm run example:game -- [options]

A day of a mobile game in a minute, without an account: game servers that come and go put events into a Kinesis stream,
a Lambda function drops players without premium, and a delivery stream writes the others to files. A page in the browser
shows it live. At the end an account says where each event is. Exit status 0 only if the account closes.

  --seconds N      seconds that the day takes, from 8 (default: 60)
  --rate N         events a second in the evening (default: 2000)
  --servers N      game servers in the evening, 3 to 8 (default: 4)
  --out DIR        a new or empty folder for files and journals (default: build/game-pipeline, which is emptied)
  --s3 ENDPOINT    write the files to a new bucket of a server with the API of S3
  --port N         port of the page (default: any free port)
  --calm           no lost answers and no missing permission
  --stay           keep the page after the end, until Ctrl-C
  --json           the account as JSON on stdout
  --help           this text
`;

/**
 * Reads the command line.
 *
 * @returns `"help"` for --help
 * @throws Error with a text for the user
 */
export function readOptions(args: readonly string[]): Options | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: "string", default: "60" },
      rate: { type: "string", default: "2000" },
      servers: { type: "string", default: "4" },
      out: { type: "string" },
      s3: { type: "string" },
      port: { type: "string", default: "0" },
      calm: { type: "boolean", default: false },
      stay: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  return {
    seconds: wholeNumber("--seconds", values.seconds, 8, 3_600),
    rate: wholeNumber("--rate", values.rate, 1, 20_000),
    servers: wholeNumber("--servers", values.servers, 3, 8),
    out: values.out,
    s3: values.s3,
    port: wholeNumber("--port", values.port, 0, 65_535),
    isCalm: values.calm,
    isStaying: values.stay,
    json: values.json,
  };
}

function wholeNumber(name: string, value: string, min: number, max: number): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < min || number > max) {
    const bounds = `${min.toLocaleString("en-US")} to ${max.toLocaleString("en-US")}`;
    throw new Error(`${name} must be a whole number from ${bounds}, got ${JSON.stringify(value)}`);
  }
  return number;
}
