/** The files of one directory: all input and output of a spool. Every method rejects with an error of the file system. */
export interface SpoolFiles {
  /** Names in the directory. */
  list(): Promise<string[]>;
  /**
   * If somebody has removed the directory, and it is there again: makes it the directory of this spool again. Rejects when
   * another process has it now.
   */
  renew(): Promise<void>;
  /** Makes a file; rejects when it exists. */
  create(name: string): Promise<SpoolFile>;
  /** Opens a file that exists, to read and write it. */
  open(name: string): Promise<SpoolFile>;
  /** From now on {@link open} finds this open file under its name, which somebody else has removed. It stays open. */
  keep(name: string, file: SpoolFile): void;
  /** Removes a file; a file that is gone already is no failure. */
  remove(name: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Resolves when the names in the directory are as durable as synced bytes. */
  syncNames(): Promise<void>;
}

/** An open file. */
export interface SpoolFile {
  size(): Promise<number>;
  /**
   * Reads into the whole buffer, or up to the end of the file.
   *
   * @returns the number of bytes
   */
  read(into: Uint8Array, position: number): Promise<number>;
  /** Writes all bytes. If it rejects, any part of them may be written. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  /** Resolves when all written bytes survive a loss of power. If it rejects, they count as lost: never call it again. */
  sync(): Promise<void>;
  /** Whether the file has a name. Without one, its bytes are gone when nobody has it open any more. */
  hasName(): Promise<boolean>;
  truncate(bytes: number): Promise<void>;
  close(): Promise<void>;
}
