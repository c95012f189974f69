import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** One DER element. */
function der(tag: number, ...contents: Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}

const SEQUENCE = 0x30;
const sequence = (...contents: Uint8Array[]): Buffer => der(SEQUENCE, ...contents);
const ECDSA_WITH_SHA256 = sequence(der(6, Buffer.from("2a8648ce3d040302", "hex")));

/** A certificate (RFC 5280) for 127.0.0.1, signed by its own key, good for the years 2020 to 2049. */
function certificateOf(publicKey: KeyObject, privateKey: KeyObject): string {
  const name = sequence(der(0x31, sequence(der(6, Buffer.from("550403", "hex")), der(0x0c, Buffer.from("local")))));
  const validity = sequence(der(0x17, Buffer.from("200101000000Z")), der(0x17, Buffer.from("491231235959Z")));
  const alternativeNames = sequence(
    der(6, Buffer.from("551d11", "hex")),
    der(4, sequence(der(0x87, Buffer.of(127, 0, 0, 1)))),
  );
  const body = sequence(
    der(0xa0, der(2, Buffer.of(2))),
    der(2, Buffer.of(1)),
    ECDSA_WITH_SHA256,
    name,
    validity,
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(alternativeNames)),
  );
  const signature = der(3, Buffer.of(0), sign("sha256", body, privateKey));
  const text = sequence(body, ECDSA_WITH_SHA256, signature).toString("base64");
  return `-----BEGIN CERTIFICATE-----\n${text.replaceAll(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`;
}

/** A new key, and a certificate for 127.0.0.1 that it has signed itself; PEM. */
export function newSelfSigned(): { readonly key: string; readonly cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  return { key, cert: certificateOf(publicKey, privateKey) };
}
