/** The key id and the time of a signature. */
export interface RequestSignature {
  readonly accessKeyId?: string;
  /** Milliseconds since the Unix epoch. */
  readonly signedAt?: number;
}

/** Reads the headers of Signature Version 4. The signature itself is not verified. */
export function readSignature(headers: Readonly<Record<string, string | string[] | undefined>>): RequestSignature {
  const authorization = String(headers.authorization ?? "");
  const accessKeyId = /Credential=([^/,\s]+)/.exec(authorization)?.[1];
  const date = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(headers["x-amz-date"] ?? ""));
  const [, year, month, day, hour, minute, second] = (date ?? []).map(Number);
  return {
    ...(accessKeyId === undefined ? {} : { accessKeyId }),
    ...(date === null ? {} : { signedAt: Date.UTC(year as number, (month as number) - 1, day, hour, minute, second) }),
  };
}
