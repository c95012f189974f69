import { createHash, createHmac } from "node:crypto";

/** A signed request as received. */
export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;

/**
 * Checks a signature as the service does, by the documentation ("Create a signed AWS API request", IAM User Guide) and
 * without the SDK. The canonical request is built from the received request.
 *
 * @returns the names of the headers that the signature covers, or the reason of a refusal
 */
export function checkSignature({ method, path, headers, body }: SignedRequest, secretAccessKey: string): string[] {
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const found = AUTHORIZATION.exec(lower.authorization ?? "");
  if (found === null) throw new Error(`no signature: ${lower.authorization}`);
  const [, , day = "", region = "", service = "", names = "", signature] = found;
  const bodyHash = createHash("sha256").update(body).digest("hex");
  if (lower["x-amz-content-sha256"] !== bodyHash) throw new Error("x-amz-content-sha256 is not that of the body");
  const signed = names.split(";");
  // A path is encoded twice. In these paths only a percent sign would change.
  const canonicalPath = path.split("/").map(encodeURIComponent).join("/");
  const lines = signed.map((name) => `${name}:${lower[name]?.trim().replace(/ +/g, " ")}`);
  const canonical = [method, canonicalPath, "", ...lines, "", names, bodyHash].join("\n");
  const date = lower["x-amz-date"] ?? "";
  if (!date.startsWith(day)) throw new Error("the scope is of another day");
  const scope = `${day}/${region}/${service}/aws4_request`;
  const digest = createHash("sha256").update(canonical).digest("hex");
  let key: Buffer | string = `AWS4${secretAccessKey}`;
  for (const part of [day, region, service, "aws4_request"]) key = createHmac("sha256", key).update(part).digest();
  const right = createHmac("sha256", key).update(`AWS4-HMAC-SHA256\n${date}\n${scope}\n${digest}`).digest("hex");
  if (signature !== right) throw new Error(`the signature is not ${right}, that of\n${canonical}`);
  return signed;
}
