/** The identity of a stream. */
export interface StreamIdentity {
  readonly name: string;
  readonly arn: string;
  readonly accountId: string;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  /** Tells a re-created stream from the old one of the same name. */
  readonly generation: number;
}
