import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runLine } from "./recorded-terminal.js";

describe("the program", () => {
  it.each([["--help"], ["-h"]])("tells its commands with %s", async (flag) => {
    const { status, out, err } = await runLine([flag]);

    expect([status, err]).toEqual([0, ""]);
    expect(out).toMatch(/^Usage: kinesis-producer <command>/);
    expect(out).toMatch(/^ {2}local +start a Kinesis on this machine/m);
  });

  it("tells the same as a complaint when no command is named", async () => {
    const { status, out, err } = await runLine([]);

    expect([status, out]).toEqual([2, ""]);
    expect(err).toBe((await runLine(["--help"])).out);
  });

  it("tells its version", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));

    expect(await runLine(["--version"])).toEqual({ status: 0, out: version, err: "" });
  });

  it.each([
    ["locla", 'kinesis-producer: no command "locla"; did you mean local?'],
    [
      "destroy-everything",
      'kinesis-producer: no command "destroy-everything"; known are local, faults, put, tail, load, deaggregate, cost, migrate-kpl',
    ],
  ])("knows no %s", async (name, message) => {
    expect(await runLine([name])).toEqual({ status: 2, out: "", err: message });
  });

  it("tells the help of a command with help as the first word, too", async () => {
    expect(await runLine(["help", "put"])).toEqual(await runLine(["put", "--help"]));
    expect(await runLine(["help"])).toEqual(await runLine(["--help"]));
    expect(await runLine(["help", "putt"])).toMatchObject({
      status: 2,
      err: expect.stringContaining("did you mean put?"),
    });
  });

  it("tells the options of a command, beside whatever else the line says", async () => {
    const help = await runLine(["local", "--help"]);

    expect(help.status).toBe(0);
    expect(help.out).toContain("--data-dir DIR ");
    expect(await runLine(["local", "-h", "--port", "a"])).toEqual(help);
  });
});

describe("options", () => {
  it.each<[string[], string]>([
    [["--prot", "1"], "no option --prot; did you mean --port?"],
    [["--xyzzy"], "no option --xyzzy; known are --stream, --port,"],
    [["-p", "1"], "no option -p; known are"],
    [["--constructor"], "no option --constructor; known are"],
    [["clicks:4"], 'unexpected argument "clicks:4": options begin with --'],
    [["--port"], "--port needs a value: --port PORT"],
    [["--data-dir", "--limits"], "--data-dir needs a value: --data-dir DIR"],
    [["--limits=all"], '--limits takes no value, got "all"'],
    [["--port", "1", "--port", "2"], "--port was given more than once"],
    [["--port", "80x"], '--port must be a whole number, 0 to 65535, got "80x"'],
    [["--port=-1"], 'got "-1"'],
    [["--port", "65536"], 'got "65536"'],
    [["--seed", "1.5"], "--seed must be a whole number, 0 to 4294967295"],
    [["--reshard-ms", "-5"], '--reshard-ms must be a time like 200ms, 5s or 2m, 0ms to 7d, got "-5"'],
    [["--records", "some"], '--records must be keep or count, got "some"'],
    [["--account", "12"], '--account must be twelve digits, got "12"'],
    [["--region", "eu west"], '--region must be a region like us-east-1, got "eu west"'],
    [["--json", "--quiet"], "--json and --quiet exclude each other"],
    [["--data-dir="], '--data-dir must be a directory, got ""'],
    [["--data-dir", "x", "--records", "count"], "use only one of them"],
    [["--tls-key", "x"], "--tls-key needs its --tls-cert"],
    [["--tls-cert", "x"], "--tls-cert needs its --tls-key"],
    [["--tls-key", "/nowhere", "--tls-cert", "x"], "--tls-key cannot be read: ENOENT"],
    [["--tls-key", "package.json", "--tls-cert", "x"], '--tls-key must be a PEM file, got "package.json"'],
    [["--stream", "a b"], "--stream must be NAME[:SHARDS][:on-demand|auto], where NAME has 1 to 128"],
    [["--stream", "clicks:0"], 'got "clicks:0"'],
    [["--stream", "clicks:10001"], 'got "clicks:10001"'],
    [["--stream", "clicks:many"], "--stream must be NAME, NAME:SHARDS (1 to 10000), NAME:on-demand or NAME:auto"],
    [["--stream", "clicks:auto:4"], 'got "clicks:auto:4"'],
    [["--stream", "clicks", "--stream", "clicks:2"], "--stream names clicks more than once"],
    [["--limit", "write"], '--limit must be NAME=VALUE, got "write"'],
    [["--limit", "wirte=off"], '--limit has no "wirte"; did you mean write?'],
    [["--limit", "write.records=1"], '--limit has no "write.records"'],
    [["--limit", "write=slow"], '--limit write must be bucket, window, burst or off, got "slow"'],
    [["--limit", "read=burst"], '--limit read must be off, got "burst"'],
    [["--limit", "read.callsPerSecond=0"], '--limit read.callsPerSecond must be a number above 0, got "0"'],
    [["--port=0", "--limit", "calls.ListShard=5"], "limits.calls has no operation ListShard"],
    [["--fault", "PutRecords explode"], '--fault "PutRecords explode": no fault "explode"; known are'],
    [["--fault", "throttle p=2"], "--fault "],
  ])("%j are refused", async (args, message) => {
    const { status, out, err } = await runLine(["local", ...args]);

    expect([status, out]).toEqual([2, ""]);
    expect(err).toMatch(/^kinesis-producer local: /);
    expect(err).toContain(message);
    expect(err).toMatch(/\nkinesis-producer local --help lists the options$/);
  });
});
