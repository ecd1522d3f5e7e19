import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { expect, it, onTestFinished } from 'vitest'
import { pack, unpack } from './packed-folder.ts'

async function place(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-packed-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

it('gives back folders and files, also those with nothing in them, to their owner alone', async () => {
  const [from, into] = [await place(), join(await place(), 'into')]
  await mkdir(join(from, 'b', 'empty'), { recursive: true })
  await mkdir(join(from, 'a'))
  const files = {
    top: Buffer.from('on top'),
    'a/same': Buffer.alloc(100_000, 1),
    'b/same': Buffer.alloc(100_000, 1),
    'b/nothing': Buffer.alloc(0),
    'b/large': randomBytes(1_000_000),
    'b/every': Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
  }
  for (const [path, content] of Object.entries(files)) await writeFile(join(from, path), content)
  await unpack(await pack(from), into)
  const names = await readdir(into, { recursive: true })
  expect(names.sort()).toEqual(['a', 'b', 'b/empty', ...Object.keys(files)].sort())
  for (const [path, content] of Object.entries(files)) {
    expect(await readFile(join(into, path))).toEqual(content)
  }
  expect((await stat(into)).mode & 0o077).toBe(0)
  expect((await stat(join(into, 'top'))).mode & 0o077).toBe(0)
})

it.each([
  ['has less than it lists', '[["file",4]]\nabc', 'it ends too early'],
  ['has more than it lists', '[["file",2]]\nabc', 'it holds more than it lists'],
  ['has no list', 'abc', 'it ends too early'],
  ['has a list that is none', 'abc\n', 'not valid JSON'],
])('refuses an archive that %s', async (_, content, why) => {
  const into = join(await place(), 'into')
  await expect(unpack(brotliCompressSync(Buffer.from(content)), into)).rejects.toThrow(why)
})
