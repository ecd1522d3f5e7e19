import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UnavailableError } from '@muster/core'
import { blobsContract } from '@muster/testing/suites'
import { afterEach, expect, it } from 'vitest'
import { folderBlobs } from './folder-blobs.ts'

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-blobs-'))
  folders.push(folder)
  return folder
}

blobsContract('folderBlobs', async () => ({
  blobs: folderBlobs(join(await aFolder(), 'made', 'when needed')),
  close: async () => undefined,
}))

async function* bytes(): AsyncGenerator<Uint8Array> {
  yield Uint8Array.of(1, 2, 3)
}

it('leaves nothing of a file that is cut off', async () => {
  const folder = await aFolder()
  async function* cut(): AsyncGenerator<Uint8Array> {
    yield Uint8Array.of(1)
    throw new Error('cut off')
  }
  await expect(folderBlobs(folder).write('one', 'a', cut())).rejects.toThrow('cut off')
  expect(await readdir(join(folder, 'one'))).toEqual([])
})

it('takes no name that leads out of its folder', async () => {
  const blobs = folderBlobs(await aFolder())
  for (const name of ['..', '.', '', 'a/b', '../a', '.hidden', 'a\\b'])
    await expect(blobs.write('one', name, bytes())).rejects.toThrow(TypeError)
  await expect(blobs.remove('..')).rejects.toThrow(TypeError)
})

it('says that its folder cannot be used, where it cannot', async () => {
  const file = join(await aFolder(), 'file')
  await writeFile(file, '')
  const blobs = folderBlobs(file)
  await expect(blobs.write('one', 'a', bytes())).rejects.toThrow(UnavailableError)
  await expect(blobs.write('one', 'a', bytes())).rejects.toThrow('ENOTDIR')
})
