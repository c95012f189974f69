/**
 * Certificates of a private authority: a root, an intermediate authority, and those that it issues. Made in this process.
 *
 * @module
 */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** A certificate with its key, PEM. */
export interface IssuedCertificate {
  readonly key: string;
  readonly cert: string;
}

export interface CertificateChain {
  readonly root: string;
  readonly intermediate: string;
  /** For a server at 127.0.0.1 and localhost. */
  readonly server: IssuedCertificate;
  /** For a client. */
  readonly client: IssuedCertificate;
}

const DAY_MS = 86_400_000;
const ECDSA_WITH_SHA256 = "06082a8648ce3d040302";
const SERVER_AND_CLIENT_AUTH = "301406082b0601050507030106082b06010505070302";
const LOOPBACK = Buffer.of(127, 0, 0, 1);

/** An authority, or the holder of a certificate. */
class Holder {
  readonly name: Buffer;
  readonly publicKey: KeyObject;
  readonly #privateKey: KeyObject;

  constructor(commonName: string) {
    this.name = der(0x30, der(0x31, der(0x30, hex("0603550403"), der(0x0c, Buffer.from(commonName)))));
    const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.publicKey = pair.publicKey;
    this.#privateKey = pair.privateKey;
  }

  get key(): string {
    return this.#privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  }

  /** PEM. */
  issue(subject: Holder, isAuthority: boolean): string {
    const algorithm = der(0x30, hex(ECDSA_WITH_SHA256));
    const now = Date.now();
    const body = der(
      0x30,
      der(0xa0, hex("020102")),
      der(0x02, Buffer.concat([Buffer.of(1), randomBytes(15)])),
      algorithm,
      this.name,
      der(0x30, time(now - DAY_MS), time(now + DAY_MS)),
      subject.name,
      subject.publicKey.export({ type: "spki", format: "der" }),
      der(0xa3, der(0x30, ...(isAuthority ? OF_AUTHORITY : OF_LEAF))),
    );
    const signature = der(0x03, Buffer.of(0), sign("sha256", body, this.#privateKey));
    const lines = der(0x30, body, algorithm, signature)
      .toString("base64")
      .match(/.{1,64}/g);
    return `-----BEGIN CERTIFICATE-----\n${lines?.join("\n")}\n-----END CERTIFICATE-----\n`;
  }
}

/** Extensions: basicConstraints and keyUsage (keyCertSign), critical. */
const OF_AUTHORITY: readonly Buffer[] = [
  der(0x30, hex("0603551d13"), hex("0101ff"), der(0x04, hex("30030101ff"))),
  der(0x30, hex("0603551d0f"), hex("0101ff"), der(0x04, hex("03020204"))),
];

/** Extensions: subjectAltName and extendedKeyUsage. */
const OF_LEAF: readonly Buffer[] = [
  der(0x30, hex("0603551d11"), der(0x04, der(0x30, der(0x82, Buffer.from("localhost")), der(0x87, LOOPBACK)))),
  der(0x30, hex("0603551d25"), der(0x04, hex(SERVER_AND_CLIENT_AUTH))),
];

/** @param name - of the authorities */
export function newCertificateChain(name: string): CertificateChain {
  const [root, intermediate] = [new Holder(`${name} Root`), new Holder(`${name} Intermediate`)];
  const issued = (holder: Holder): IssuedCertificate => ({ key: holder.key, cert: intermediate.issue(holder, false) });
  return {
    root: root.issue(root, true),
    intermediate: root.issue(intermediate, true),
    server: issued(new Holder("server")),
    client: issued(new Holder("client")),
  };
}

function hex(text: string): Buffer {
  return Buffer.from(text, "hex");
}

/** One element of DER (X.690): tag, length, content. */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}

/** UTCTime. */
function time(epochMs: number): Buffer {
  const digits = new Date(epochMs).toISOString().replaceAll(/\D/g, "");
  return der(0x17, Buffer.from(`${digits.slice(2, 14)}Z`));
}
