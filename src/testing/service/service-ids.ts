import { randomBytes, randomUUID } from "node:crypto";

/** The headers with which the service names an answer; support asks for both. */
export function serviceIds(): { readonly "x-amzn-requestid": string; readonly "x-amz-id-2": string } {
  return { "x-amzn-requestid": randomUUID(), "x-amz-id-2": randomBytes(72).toString("base64") };
}
