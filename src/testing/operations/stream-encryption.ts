import { invalidArgument } from "../kinesis-model/service-error.js";
import type { StreamModel } from "../kinesis-model/stream-model.js";
import { findStream, type NamesStream } from "./named-stream.js";
import type { Operation, OperationScope } from "./operation.js";

interface Input extends NamesStream {
  readonly EncryptionType: "NONE" | "KMS";
  readonly KeyId: string;
}

/** StartStreamEncryption: answers show the encryption when the stream is ACTIVE again. Nothing is encrypted, no key is asked for. */
export const startStreamEncryption: Operation<Input> = (input, scope) => {
  changeKey(activeStream(input, scope), input.KeyId, scope);
  return undefined;
};

/** StopStreamEncryption: records that came before keep their encryption type. */
export const stopStreamEncryption: Operation<Input> = (input, scope) => {
  changeKey(activeStream(input, scope), undefined, scope);
  return undefined;
};

/** The model has both types; its documentation has KMS as the only valid one, for both operations. */
function activeStream(input: Input, { model }: OperationScope): StreamModel {
  const stream = findStream(input, model);
  if (input.EncryptionType !== "KMS") throw invalidArgument("The only valid value of EncryptionType is KMS.");
  stream.requireActive();
  return stream;
}

function changeKey(stream: StreamModel, keyId: string | undefined, { model, now }: OperationScope): void {
  model.changeLater(stream, now, () => stream.changeFeatures({ keyId }));
}
