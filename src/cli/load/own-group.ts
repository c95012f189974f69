import process from "node:process";

/**
 * How the processes of a load are started: in their own process group, which the signals of the terminal do not reach. A
 * process that starts has no listener yet, and Ctrl-C would end it, so that the load failed instead of ending early. They
 * end with the command, whose end closes their channel. Windows would open a window for each.
 */
export const OWN_GROUP: { readonly detached: boolean } = { detached: process.platform !== "win32" };
