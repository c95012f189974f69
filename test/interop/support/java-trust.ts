import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { runClient } from "./client-process.js";

/** The password of a trust store, which holds no secret. */
const PASSWORD = "changeit";

/** The system properties with which a program in Java trusts this certificate (PEM) until the test ends. */
export async function trusting(certificate: string): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), "interop-trust-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const pem = join(folder, "trusted.pem");
  const store = join(folder, "trusted.p12");
  await writeFile(pem, certificate);
  const target = ["-keystore", store, "-storetype", "PKCS12", "-storepass", PASSWORD];
  await runClient("keytool", ["-importcert", "-noprompt", "-alias", "local", "-file", pem, ...target]);
  return { "javax.net.ssl.trustStore": store, "javax.net.ssl.trustStorePassword": PASSWORD };
}
