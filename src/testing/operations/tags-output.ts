import type { ResourceLabels } from "../kinesis-model/resource-labels.js";

/** The API's list of tags, in the order of their keys. */
export function tagsOutput({ tags }: ResourceLabels): { readonly Key: string; readonly Value: string }[] {
  return Array.from(tags, ([key, value]) => ({ Key: key, Value: value })).sort((a, b) => (a.Key < b.Key ? -1 : 1));
}
