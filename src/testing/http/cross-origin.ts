import type { ServiceReply } from "../service/service-call.js";
import type { RequestHeaders } from "./protocol.js";

/** Seconds for which a browser may keep the answer to its question. Source of all: kinesalite 3.3.3. */
const MAX_AGE = "172800";

const EXPOSED = "x-amzn-RequestId,x-amzn-ErrorType,x-amz-request-id,x-amz-id-2,x-amzn-ErrorMessage,Date";

/**
 * The answer to a browser that asks whether a page of another site may call: it may. Undefined for any other request.
 * Calls are signed, so a page needs credentials; here any will do.
 */
export function preflightReply({
  method,
  headers,
}: {
  readonly method: string;
  readonly headers: RequestHeaders;
}): ServiceReply | undefined {
  if (method !== "OPTIONS" || headers.origin === undefined) return undefined;
  const { "access-control-request-headers": asked, "access-control-request-method": askedMethod } = headers;
  return {
    statusCode: 200,
    headers: {
      "access-control-allow-origin": "*",
      ...(asked === undefined ? {} : { "access-control-allow-headers": String(asked) }),
      ...(askedMethod === undefined ? {} : { "access-control-allow-methods": String(askedMethod) }),
      "access-control-max-age": MAX_AGE,
    },
    body: "",
  };
}

/** The reply with the headers that let a page of another site read it. */
export function readableAcross(reply: ServiceReply, { origin }: RequestHeaders): ServiceReply {
  if (origin === undefined) return reply;
  const cors = { "access-control-allow-origin": "*", "access-control-expose-headers": EXPOSED };
  return { ...reply, headers: { ...cors, ...reply.headers } };
}
