import { hash, randomUUID } from "node:crypto";

import type { KinesisClientResolvedConfig } from "@aws-sdk/client-kinesis";
import { SignatureV4 } from "@smithy/signature-v4";

import type { RequestModel } from "./request-model.js";
import { signingDate } from "./service-clock.js";
import type { Identity } from "./shared-credentials.js";

/** The parts of a client's configuration that the signature needs. */
type SigningConfig = Pick<KinesisClientResolvedConfig, "sha256" | "systemClockOffset" | "disableClockSkewCorrection">;

/** All headers of a request: those of the model, and those that differ for each request. */
export async function signedHeaders(
  config: SigningConfig,
  { target, headers, signingRegion, signingService }: RequestModel,
  credentials: Identity,
  contentType: string,
  body: Buffer,
): Promise<Readonly<Record<string, string>>> {
  const signer = new SignatureV4({
    credentials,
    region: signingRegion,
    service: signingService,
    sha256: config.sha256,
  });
  const request = {
    method: "POST",
    protocol: target.protocol,
    hostname: target.hostname,
    ...(target.port === undefined ? {} : { port: target.port }),
    path: target.path,
    headers: {
      ...headers,
      "amz-sdk-invocation-id": randomUUID(),
      "content-type": contentType,
      "content-length": String(body.length),
      // The signer uses this header as the digest of the body; its own digest would cost twice as much.
      "x-amz-content-sha256": hash("sha256", body, "hex"),
    },
  };
  const { headers: all } = await signer.sign(request, { signingDate: await signingDate(config) });
  return all;
}
