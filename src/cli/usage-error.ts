/** The command line is wrong: exit status 2. The message names the option, the allowed values and the given value. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}
