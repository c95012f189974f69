import { createPrivateKey, X509Certificate } from "node:crypto";
import { expect, it } from "vitest";
import { selfSignedCertificate } from "../../../../src/testing/http/self-signed-certificate.js";

const NOW = Date.UTC(2026, 10, 21);

it("makes a certificate for its names and no others, signed by its own key, from yesterday for a year", () => {
  const names = { dns: ["localhost", "*.example.com"], addresses: [Uint8Array.of(127, 0, 0, 1)] };

  const { key, cert } = selfSignedCertificate(names, NOW);

  const certificate = new X509Certificate(cert);
  expect(certificate.subjectAltName).toBe("DNS:localhost, DNS:*.example.com, IP Address:127.0.0.1");
  expect(certificate.checkHost("a.example.com")).toBe("*.example.com");
  expect([certificate.checkHost("example.com"), certificate.checkIP("127.0.0.2")]).toEqual([undefined, undefined]);
  expect([certificate.verify(certificate.publicKey), certificate.checkPrivateKey(createPrivateKey(key))]).toEqual([
    true,
    true,
  ]);
  expect(certificate.ca).toBe(false);
  expect(Date.parse(certificate.validFrom)).toBe(NOW - 86_400_000);
  expect(Date.parse(certificate.validTo)).toBe(NOW + 365 * 86_400_000);
});

it("makes another key and another serial number each time, each as DER wants numbers", () => {
  const made = Array.from({ length: 20 }, () => selfSignedCertificate({ dns: ["localhost"], addresses: [] }, NOW));

  const serials = made.map(({ cert }) => new X509Certificate(cert).serialNumber);

  expect(new Set(serials).size).toBe(20);
  expect(new Set(made.map(({ key }) => key)).size).toBe(20);
});
