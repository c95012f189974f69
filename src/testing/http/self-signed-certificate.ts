import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** A key and its certificate, PEM. */
export interface ServerCertificate {
  readonly key: string | Buffer;
  readonly cert: string | Buffer;
}

const DAY_MS = 86_400_000;

/** Tags of DER (X.690). */
const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  bytes: 0x04,
  objectId: 0x06,
  text: 0x0c,
  time: 0x17,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Object identifiers, encoded. */
const ID = {
  commonName: "550403",
  subjectKeyIdentifier: "551d0e",
  keyUsage: "551d0f",
  subjectAltName: "551d11",
  basicConstraints: "551d13",
  extendedKeyUsage: "551d25",
  serverAuth: "2b06010505070301",
  ecdsaWithSha256: "2a8648ce3d040302",
} as const;

/**
 * Makes a key and a self-signed certificate (RFC 5280) for a server on this machine. A client that trusts the
 * certificate trusts this server only. It is valid for a year. The key never leaves the process.
 *
 * @param names - its DNS names and IP addresses; a name may begin with `*.`
 */
export function selfSignedCertificate(
  names: { readonly dns: readonly string[]; readonly addresses: readonly Uint8Array[] },
  now: number,
): { readonly key: string; readonly cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const body = certificateBody(publicKey, names, now);
  const signature = der(TAG.bits, Buffer.of(0), sign("sha256", body, privateKey));
  const text = sequence(body, sequence(objectId(ID.ecdsaWithSha256)), signature).toString("base64");
  const lines = text.match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
  };
}

/** The signed part: TBSCertificate. */
function certificateBody(
  publicKey: KeyObject,
  { dns, addresses }: { readonly dns: readonly string[]; readonly addresses: readonly Uint8Array[] },
  now: number,
): Buffer {
  const spki = publicKey.export({ type: "spki", format: "der" });
  const name = sequence(der(TAG.set, sequence(objectId(ID.commonName), der(TAG.text, Buffer.from("LocalKinesis")))));
  const serial = randomBytes(16);
  // Positive, and without a leading zero byte.
  serial[0] = ((serial[0] as number) & 0x7f) | 0x40;
  const alternatives = [
    ...dns.map((text) => der(0x82, Buffer.from(text))),
    ...addresses.map((bytes) => der(0x87, bytes)),
  ];
  const extensions = [
    extension(ID.basicConstraints, sequence(), true),
    // The first bit, digitalSignature; seven of the byte are unused.
    extension(ID.keyUsage, der(TAG.bits, Buffer.of(7, 0x80)), true),
    extension(ID.extendedKeyUsage, sequence(objectId(ID.serverAuth))),
    extension(ID.subjectKeyIdentifier, der(TAG.bytes, createHash("sha1").update(spki).digest())),
    extension(ID.subjectAltName, sequence(...alternatives)),
  ];
  return sequence(
    der(0xa0, der(TAG.integer, Buffer.of(2))),
    der(TAG.integer, serial),
    sequence(objectId(ID.ecdsaWithSha256)),
    name,
    sequence(time(now - DAY_MS), time(now + 365 * DAY_MS)),
    name,
    spki,
    der(0xa3, sequence(...extensions)),
  );
}

/** One element: tag, length, content. */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}

function sequence(...contents: readonly Uint8Array[]): Buffer {
  return der(TAG.sequence, ...contents);
}

function objectId(encoded: string): Buffer {
  return der(TAG.objectId, Buffer.from(encoded, "hex"));
}

function extension(id: string, value: Uint8Array, isCritical = false): Buffer {
  const critical = isCritical ? [der(TAG.boolean, Buffer.of(0xff))] : [];
  return sequence(objectId(id), ...critical, der(TAG.bytes, value));
}

/** UTCTime, `YYMMDDHHMMSSZ`: valid until 2049. */
function time(epochMs: number): Buffer {
  const text = new Date(epochMs).toISOString().replaceAll(/\D/g, "").slice(2, 14);
  return der(TAG.time, Buffer.from(`${text}Z`));
}
