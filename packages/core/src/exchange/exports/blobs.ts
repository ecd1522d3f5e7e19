/**
 * Keeps files by folder and name: of a folder of this machine, or your own. All processes that write and serve exports must see the same. Names are letters, digits,
 * `_`, `.` and `-`.
 */
export interface Blobs {
  /**
   * Keeps a file: it is there, whole, once this has resolved, in place of another of its name. Rejects with what `bytes` throws, and keeps nothing then.
   * @throws UnavailableError
   */
  write(folder: string, name: string, bytes: AsyncIterable<Uint8Array>): Promise<void>
  /** The bytes from one on, and before another, both within the file. @throws NotFoundError, when read; UnavailableError */
  read(folder: string, name: string, from: number, to: number): AsyncIterable<Uint8Array>
  /** Forgets all files of a folder; none is fine. @throws UnavailableError */
  remove(folder: string): Promise<void>
}
