import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServerCertificate } from "../../../src/testing/index.js";
import { runClient } from "./client-process.js";

/** A key and a self-signed certificate for 127.0.0.1, made by openssl. */
export async function newCertificate(): Promise<ServerCertificate> {
  const folder = await mkdtemp(join(tmpdir(), "interop-certificate-"));
  const key = join(folder, "key.pem");
  const cert = join(folder, "cert.pem");
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const kind = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"];
  try {
    await runClient("openssl", ["req", ...kind, ...names, "-keyout", key, "-out", cert]);
    return { key: await readFile(key), cert: await readFile(cert) };
  } finally {
    await rm(folder, { recursive: true });
  }
}
