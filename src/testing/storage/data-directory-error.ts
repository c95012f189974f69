/**
 * A data directory cannot be used; nothing in it was changed. The message names the file, and a remedy where one is
 * known.
 */
export class DataDirectoryError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "DataDirectoryError";
  }
}
