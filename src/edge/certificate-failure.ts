/**
 * Errors of Node.js about the certificate of a peer do not name the peer, nor the option that is missing.
 *
 * @module
 */

/** The issuer of a certificate is not among the trusted authorities, or is not known at all. */
const UNKNOWN_ISSUER: ReadonlySet<unknown> = new Set([
  // Another authority of the same name, such as a root that was made again.
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);
const OTHER_TIME: ReadonlySet<unknown> = new Set(["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"]);

const SET_CA = "set tls.ca to the certificates of its authority, PEM";
const SET_MORE_CA = "tls.ca needs its root certificate, and the intermediate ones that the peer does not send";

/**
 * The advice for an error of a certificate; undefined for any other error.
 *
 * @param hasAuthorities - whether `tls.ca` is set
 */
export function certificateAdvice(error: unknown, hasAuthorities: boolean): string | undefined {
  const { code } = error as { readonly code?: unknown };
  if (UNKNOWN_ISSUER.has(code)) return hasAuthorities ? SET_MORE_CA : SET_CA;
  if (OTHER_TIME.has(code)) return "renew it, or correct the clock of this machine";
  return code === "ERR_TLS_CERT_ALTNAME_INVALID" ? "set tls.servername to a name that it has" : undefined;
}

/**
 * Adds the peer and the advice to the message of an error of a certificate. The error itself stays: Node.js hands it on, and
 * its code tells that nothing was sent.
 *
 * @param peer - host and port
 */
export function explainCertificate(error: Error, peer: string, hasAuthorities: boolean): void {
  const advice = certificateAdvice(error, hasAuthorities);
  if (advice !== undefined) error.message = `the certificate of ${peer} cannot be used: ${error.message}; ${advice}`;
}
