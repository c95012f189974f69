import { invalidArgument, notFound } from "../kinesis-model/service-error.js";
import type { StreamModel } from "../kinesis-model/stream-model.js";

/** The members of an input that tell streams of one name apart by their creation. */
export interface NamesCreation {
  /** Seconds since the Unix epoch. */
  readonly StreamCreationTimestamp?: number;
  readonly NextToken?: string;
}

/** @throws ServiceError when the input has a creation time beside a token, which names its stream already */
export function checkCreationBesideToken({ StreamCreationTimestamp: creation, NextToken: token }: NamesCreation): void {
  if (creation === undefined || token === undefined) return;
  throw invalidArgument("NextToken and StreamCreationTimestamp cannot be provided together.");
}

/**
 * Some clients send whole seconds, so only these are compared.
 *
 * @throws ServiceError when the stream was created at another time: the one that is meant is gone
 */
export function requireCreation({ StreamCreationTimestamp: creation }: NamesCreation, { identity }: StreamModel): void {
  if (creation === undefined || Math.floor(creation) === Math.floor(identity.createdAt / 1000)) return;
  throw notFound(`Stream ${identity.name} under account ${identity.accountId} not found.`);
}
