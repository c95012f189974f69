/** Makes client processes trust the self-signed certificate of a server. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder for output files of these benches. */
export const OUTPUT = fileURLToPath(new URL("../../build/end-to-end", import.meta.url));

/**
 * Keeps the certificate in a file while a function runs.
 *
 * @template Result
 * @param {Pick<import("./counting-server.mjs").Ready, "port" | "certificate">} server
 * @param {boolean} tls
 * @param {(access: { endpoint: string, environment: NodeJS.ProcessEnv }) => Promise<Result>} use
 * @returns {Promise<Result>}
 */
export async function withTrust({ port, certificate }, tls, use) {
  if (!tls) return use({ endpoint: `http://127.0.0.1:${port}`, environment: {} });
  mkdirSync(OUTPUT, { recursive: true });
  const folder = mkdtempSync(join(OUTPUT, "trust-"));
  const file = join(folder, "certificate.pem");
  writeFileSync(file, certificate);
  try {
    return await use({ endpoint: `https://127.0.0.1:${port}`, environment: { NODE_EXTRA_CA_CERTS: file } });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
