/** The entry points in package.json. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * @typedef {object} EntryPoint
 * @property {string} subpath - `.` or `./name`
 * @property {string} specifier - what a user imports
 * @property {string} types - path of the declaration file
 * @property {string} name - file name of its API report, without extension
 */

/**
 * @param {string} root - folder of package.json
 * @returns {EntryPoint[]}
 */
export function entryPoints(root) {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return Object.entries(manifest.exports)
    .filter(([, target]) => typeof target === "object")
    .map(([subpath, target]) => ({
      subpath,
      specifier: manifest.name + subpath.slice(1),
      types: target.types,
      name: subpath === "." ? manifest.name : subpath.slice(2).replaceAll("/", "-"),
    }));
}
