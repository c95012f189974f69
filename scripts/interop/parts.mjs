/**
 * The parts of the interop tests. Each has a test file `test/interop/<name>.test.ts`, and says which clients it needs.
 *
 * @typedef {object} Part
 * @property {readonly import("./clients.mjs").ClientName[]} needs - clients that are installed before it runs
 * @property {boolean} [isLong] - takes minutes: `--quick` leaves it out
 * @property {string} about - one line
 */

import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const TESTS = fileURLToPath(new URL("../../test/interop", import.meta.url));

/** @type {Readonly<Record<string, Part>>} */
export const PARTS = {
  "aws-cli": { needs: ["python"], about: "the aws CLI does the beginner's tutorial" },
  boto3: { needs: ["python"], about: "boto3 does the same, and aws_kinesis_agg reads and writes aggregates" },
  compressed: {
    needs: ["java-kcl", "python", "go"],
    about: "compressed aggregates by readers that cannot open them, and by the decoders of examples/",
  },
  deaggregation: { needs: ["java-kcl", "python", "go"], about: "deaggregators over good and bad records" },
  emulators: { needs: ["npm"], about: "LocalKinesis beside the emulators kinesalite and kinesis-local" },
  "java-sdk": { needs: ["java-sdk"], about: "the AWS SDK for Java, in JSON and CBOR" },
  kcl: { needs: ["java-kcl"], about: "the KCL's deaggregator over records of the producer, and over bad ones" },
  "kcl-application": {
    needs: ["java-kcl-application", "moto"],
    isLong: true,
    about: "whole applications of the KCL, with leases, through a split and a merge",
  },
  "kcl-failover": {
    needs: ["java-kcl-application", "moto"],
    isLong: true,
    about: "a worker of the KCL takes over from one that is killed",
  },
  kpl: { needs: ["java-kpl", "java-kpl-1.0.7"], about: "the KPL, its newest and an old version, puts records" },
  prometheus: { needs: ["python"], about: "prometheus_client reads the metrics" },
};

/**
 * The parts with these names; all if there is none.
 *
 * @param {readonly string[]} names
 * @param {boolean} isQuick - without those that take minutes
 * @returns {string[]}
 */
export function partsOf(names, isQuick) {
  const files = readdirSync(TESTS).filter((file) => file.endsWith(".test.ts"));
  const unlisted = files.filter((file) => !Object.hasOwn(PARTS, file.replace(".test.ts", "")));
  if (unlisted.length > 0) throw new Error(`scripts/interop/parts.mjs has no part for ${unlisted.join(", ")}`);
  const unknown = names.filter((name) => !Object.hasOwn(PARTS, name));
  if (unknown.length > 0)
    throw new Error(`the interop tests have no part ${unknown.join(", ")}; they have ${Object.keys(PARTS).join(", ")}`);
  const chosen = names.length > 0 ? [...names] : Object.keys(PARTS);
  return isQuick ? chosen.filter((name) => PARTS[name]?.isLong !== true) : chosen;
}
