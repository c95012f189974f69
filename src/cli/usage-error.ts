/** The command line cannot be understood: exit status 2. The message names the option, what it takes and what it got. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}
