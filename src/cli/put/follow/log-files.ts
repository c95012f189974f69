/** The state of a file at one moment. */
export interface FileState {
  /** Whether it is a regular file, and no directory, pipe or device. */
  readonly isFile: boolean;
  /** The device and the number on it: together they name a file, until it is removed and its number is used again. */
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: number;
  /** The time of the last change of its bytes. */
  readonly mtimeNs: bigint;
}

/** A file that is open for reading. */
export interface OpenLogFile {
  state(): Promise<FileState>;
  /** Reads into the whole buffer, or up to the end of the file. @returns the number of bytes */
  read(into: Buffer, position: number): Promise<number>;
  close(): Promise<void>;
}

/** The file system, as far as a follower uses it. Every method rejects with an error of the file system. */
export interface LogFiles {
  /** Follows symbolic links. @returns undefined when nothing has this name */
  state(path: string): Promise<FileState | undefined>;
  /** Opens a file without waiting: a pipe without a writer must not block. @returns undefined when nothing has this name */
  open(path: string): Promise<OpenLogFile | undefined>;
  /** The names in the directory of a file, which is found through symbolic links; empty when there is no such file. */
  siblings(path: string): Promise<{ readonly directory: string; readonly names: readonly string[] }>;
}
