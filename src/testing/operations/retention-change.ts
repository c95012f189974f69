import { invalidArgument } from "../kinesis-model/service-error.js";
import type { StreamModel } from "../kinesis-model/stream-model.js";
import { MAX_RETENTION_HOURS, MIN_RETENTION_HOURS } from "../kinesis-model/stream-settings.js";
import { findStream, type NamesStream } from "./named-stream.js";
import type { OperationScope } from "./operation.js";

/** The input of both changes of the retention period. */
export interface RetentionInput extends NamesStream {
  readonly RetentionPeriodHours: number;
}

/**
 * The active stream of a change of the retention period; undefined when it has the period already.
 *
 * @param change - what the operation can do to the period
 * @throws ServiceError for a period that is out of range, or changes in the other direction
 */
export function streamToRetain(
  input: RetentionInput,
  { model }: OperationScope,
  change: "increase" | "decrease",
): StreamModel | undefined {
  const { RetentionPeriodHours: hours } = input;
  const stream = findStream(input, model);
  checkRange(hours);
  stream.requireActive();
  const { retentionHours: present } = stream.settings;
  if (hours === present) return undefined;
  const isIncrease = hours > present;
  if (isIncrease === (change === "increase")) return stream;
  const [comparison, other] = isIncrease ? ["longer", "Increase"] : ["shorter", "Decrease"];
  throw invalidArgument(
    `Requested retention period (${hours} hours) for stream ${stream.identity.name} can not be ${comparison} than existing retention period (${present} hours). Use ${other}RetentionPeriod API.`,
  );
}

function checkRange(hours: number): void {
  const [bound, allowed, problem] =
    hours < MIN_RETENTION_HOURS
      ? ["Minimum", MIN_RETENTION_HOURS, "short"]
      : hours > MAX_RETENTION_HOURS
        ? ["Maximum", MAX_RETENTION_HOURS, "long"]
        : [];
  if (bound === undefined) return;
  throw invalidArgument(
    `${bound} allowed retention period is ${allowed} hours. Requested retention period (${hours} hours) is too ${problem}.`,
  );
}
