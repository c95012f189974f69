import type { PutRecordsCommand } from "@aws-sdk/client-kinesis";

/**
 * Follows a command through the SDK's client, by two steps in the command's middleware: the outermost, which sees the error, and
 * the innermost, behind which the request handler sends. They distinguish an error of the credentials, the region, the endpoint
 * or the input from an error of the request, for any error name.
 *
 * A client of another kind may never run these steps, and code around a client may send the command again, or another one in
 * its place: an error says that nothing has left only if it is the very one that came out of the steps, and no handler was
 * ever reached.
 *
 * @returns whether an error that the client rejected with says that nothing has left
 */
export function followCommand({ middlewareStack }: PutRecordsCommand): (error: unknown) => boolean {
  let isHandedOver = false;
  const early: unknown[] = [];
  middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        early.push(error);
        throw error;
      }
    },
    { step: "initialize", priority: "high", name: "kinesisProducerSeesTheError" },
  );
  middlewareStack.add(
    (next) => (args) => {
      isHandedOver = true;
      return next(args);
    },
    { step: "deserialize", priority: "low", name: "kinesisProducerSeesTheRequest" },
  );
  return (error) => !isHandedOver && early.includes(error);
}
