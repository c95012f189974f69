/** The version of the directory; it is written first, and never changed. */
export const FORMAT_FILE = "spool.json";
/** {@link FORMAT_FILE}, before it has its name. */
export const FORMAT_DRAFT = "spool.json.next";
/** The folder of the dead letters. */
export const DEAD_LETTERS = "dead-letters";

const SEGMENT = /^(\d{8,15})\.(records|delivered|damaged)$/;

/** `records`: a segment. `delivered`: its acknowledgements. `damaged`: a segment without a readable beginning. */
export type SpoolFileKind = "records" | "delivered" | "damaged";

export function segmentFile(number: number, kind: SpoolFileKind): string {
  return `${String(number).padStart(8, "0")}.${kind}`;
}

/** The number and the kind of a file; undefined for any other name. */
export function readFileName(name: string): { readonly number: number; readonly kind: SpoolFileKind } | undefined {
  const match = SEGMENT.exec(name);
  return match === null ? undefined : { number: Number(match[1]), kind: match[2] as SpoolFileKind };
}
