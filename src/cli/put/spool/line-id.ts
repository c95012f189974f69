import { randomBytes } from "node:crypto";

/** The beginning of the ids of the lines of a file, or of a run: 11 characters that no other file or run has. */
export function newId(): string {
  return randomBytes(8).toString("base64url");
}
