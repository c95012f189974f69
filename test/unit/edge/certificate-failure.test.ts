import { expect, it } from "vitest";
import { explainCertificate } from "../../../src/edge/certificate-failure.js";

const PEER = "kinesis.example.com:443";

it.each([
  ["DEPTH_ZERO_SELF_SIGNED_CERT", false, "set tls.ca to the certificates of its authority, PEM"],
  ["SELF_SIGNED_CERT_IN_CHAIN", false, "set tls.ca to the certificates of its authority, PEM"],
  [
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    true,
    "tls.ca needs its root certificate, and the intermediate ones that the peer does not send",
  ],
  ["CERT_HAS_EXPIRED", true, "renew it, or correct the clock of this machine"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", false, "set tls.servername to a name that it has"],
])("%s names the peer and what to set, and keeps its code", (code, hasAuthorities, advice) => {
  const error = Object.assign(new Error("Node's words"), { code });

  explainCertificate(error, PEER, hasAuthorities);

  expect(error.message).toBe(`the certificate of ${PEER} cannot be used: Node's words; ${advice}`);
  expect(error.code).toBe(code);
});

it.each(["ECONNREFUSED", undefined])("another error stays as it is: %s", (code) => {
  const error = Object.assign(new Error("connect ECONNREFUSED"), { code });

  explainCertificate(error, PEER, true);

  expect(error.message).toBe("connect ECONNREFUSED");
});
