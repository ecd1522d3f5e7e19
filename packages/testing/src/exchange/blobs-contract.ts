import { NotFoundError } from '@muster/core'
import type { Blobs } from '@muster/core/exchange'
import { describe, expect, it } from 'vitest'

/** Every promise of Blobs, on whatever `open` opens: empty each time. */
export function blobsContract(
  name: string,
  open: () => Promise<{ readonly blobs: Blobs; readonly close: () => Promise<void> }>,
): void {
  const cases = (title: string, test: (blobs: Blobs) => Promise<void>): void => {
    it(title, async () => {
      const { blobs, close } = await open()
      try {
        await test(blobs)
      } finally {
        await close()
      }
    })
  }
  describe(`${name} is a Blobs`, () => {
    cases('gives back the bytes that it was given, in parts too', async (blobs) => {
      await blobs.write('one', 'a.bin', piecesOf(Uint8Array.of(0, 255, 10), Uint8Array.of(13, 128)))
      expect(await read(blobs, 'one', 'a.bin', 0, 5)).toEqual([0, 255, 10, 13, 128])
      expect(await read(blobs, 'one', 'a.bin', 1, 4)).toEqual([255, 10, 13])
      expect(await read(blobs, 'one', 'a.bin', 2, 2)).toEqual([])
    })

    cases('keeps an empty file, and files of one name in two folders apart', async (blobs) => {
      await blobs.write('one', 'a', piecesOf())
      await blobs.write('two', 'a', piecesOf(Uint8Array.of(2)))
      expect(await read(blobs, 'one', 'a', 0, 0)).toEqual([])
      expect(await read(blobs, 'two', 'a', 0, 1)).toEqual([2])
    })

    cases('replaces a file by one that has come whole', async (blobs) => {
      await blobs.write('one', 'a', piecesOf(Uint8Array.of(1, 2, 3)))
      await blobs.write('one', 'a', piecesOf(Uint8Array.of(4)))
      expect(await read(blobs, 'one', 'a', 0, 1)).toEqual([4])
    })

    cases('keeps nothing of a file that is cut off, and what was there before', async (blobs) => {
      const fault = new Error('cut off')
      async function* cut(): AsyncGenerator<Uint8Array> {
        yield Uint8Array.of(1, 2)
        throw fault
      }
      await expect(blobs.write('one', 'new', cut())).rejects.toBe(fault)
      await expect(read(blobs, 'one', 'new', 0, 2)).rejects.toThrow(NotFoundError)
      await blobs.write('one', 'old', piecesOf(Uint8Array.of(7)))
      await expect(blobs.write('one', 'old', cut())).rejects.toBe(fault)
      expect(await read(blobs, 'one', 'old', 0, 1)).toEqual([7])
    })

    cases('forgets a folder as a whole, and one that there is not', async (blobs) => {
      await blobs.write('one', 'a', piecesOf(Uint8Array.of(1)))
      await blobs.write('one', 'b', piecesOf(Uint8Array.of(1)))
      await blobs.write('two', 'a', piecesOf(Uint8Array.of(2)))
      await blobs.remove('one')
      await blobs.remove('one')
      await expect(read(blobs, 'one', 'a', 0, 1)).rejects.toThrow(NotFoundError)
      await expect(read(blobs, 'one', 'b', 0, 1)).rejects.toThrow(NotFoundError)
      expect(await read(blobs, 'two', 'a', 0, 1)).toEqual([2])
    })
  })
}

async function* piecesOf(...pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces
}

async function read(blobs: Blobs, folder: string, name: string, from: number, to: number): Promise<number[]> {
  const bytes: number[] = []
  for await (const piece of blobs.read(folder, name, from, to)) bytes.push(...piece)
  return bytes
}
