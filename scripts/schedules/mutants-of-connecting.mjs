import { edit } from "./mutant.mjs";

const AGE = "test/unit/pipeline/summary-age.test.ts";
const PROXY = "test/unit/edge/proxy-settings.test.ts";
const CLOSE = "test/unit/pipeline/close.test.ts";
const KPL = "test/unit/kpl/from-kpl-properties.test.ts";

/**
 * The way to the service: proxies, the age of the summary; and the report about a configuration file of the KPL.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_CONNECTING = [
  {
    name: "a summary that fails is asked for at every put",
    edits: [
      edit(
        "pipeline/stream/shard-map-refresher.ts",
        "    this.#describedAt = clock.now();\n",
        '    if (summary.kind === "summary") this.#describedAt = clock.now();\n',
      ),
    ],
    caughtBy: AGE,
  },
  {
    name: "an old summary is requested while a request for it hangs",
    edits: [
      edit("pipeline/stream/shard-map-refresher.ts", "if (isOld && !this.#isDescribing) void", "if (isOld) void"),
    ],
    caughtBy: AGE,
  },
  {
    name: "the message about a bad proxy has its password",
    edits: [edit("edge/proxy-settings.ts", '"another text (not shown: it may have a password)"', "text")],
    caughtBy: PROXY,
  },
  {
    name: "a name of noProxy stands for every name that contains it",
    edits: [edit("edge/proxy-settings.ts", "name === rule.name || name", "name.includes(rule.name) || name")],
    caughtBy: PROXY,
  },
  {
    name: "the environment is read without being asked for",
    edits: [
      edit(
        "edge/proxy-settings.ts",
        "  if (option === undefined) return undefined;",
        "  if (option === undefined) return proxyOfEnvironment(environment);",
      ),
    ],
    caughtBy: PROXY,
  },
  {
    name: "close() does not count records that break a rule",
    edits: [edit("pipeline/entry/intake.ts", "if (!this.#isClosed) this.#refusals++;", "")],
    caughtBy: CLOSE,
  },
  {
    name: "the report about a KPL file has the password of its proxy",
    edits: [edit("kpl/from-kpl-properties.ts", "SECRET.test(found.key)", 'found.key === ""')],
    caughtBy: KPL,
  },
  {
    name: "the report about a KPL file has a password under a misspelt key",
    edits: [edit("kpl/from-kpl-properties.ts", "SECRET.test(found.key)", 'found.key === "ProxyPassword"')],
    caughtBy: KPL,
  },
];
