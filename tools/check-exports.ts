import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { problemKindInfo } from '@arethetypeswrong/core/problems'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { type Manifest, packAll, publishedPackages } from './packages/pack.ts'

/** How our packages are not resolved: they are ES modules, and their exports are read. */
const NOT_FOR = ['node10', 'node16-cjs']

// Fails when a built package would not resolve for those who install it: `node tools/check-exports.ts`, after a build.
// One process looks at all of them: loading a compiler for each takes longer than looking.
const tarballs = await packed()
for (const { manifest } of publishedPackages()) {
  const tarball = tarballs.get(manifest.name)
  if (tarball === undefined) throw new Error(`npm packed no ${manifest.name}`)
  for (const problem of [...(await wrongExports(tarball, manifest)), ...(await wrongTypes(tarball))]) {
    console.error(`${manifest.name}: ${problem}`)
    process.exitCode = 1
  }
}

/** What npm would publish, by the package's name. */
async function packed(): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const place = await mkdtemp(join(tmpdir(), 'muster-packed-'))
  try {
    const read = (await packAll(place)).map(
      async ({ name, filename }) => [name, new Uint8Array(await readFile(join(place, filename)))] as const,
    )
    return new Map(await Promise.all(read))
  } finally {
    await rm(place, { recursive: true })
  }
}

async function wrongExports(tarball: Uint8Array<ArrayBuffer>, manifest: Manifest): Promise<string[]> {
  const { messages } = await publint({ pack: { tarball: tarball.buffer }, strict: true })
  return messages
    .filter(({ type }) => type === 'error')
    .map((message) => formatMessage(message, { ...manifest }, { color: false }) ?? message.code)
}

async function wrongTypes(tarball: Uint8Array): Promise<string[]> {
  const result = await checkPackage(createPackageFromTarballData(tarball))
  if (!result.types) return ['it has no types']
  return result.problems
    .filter((problem) => !('resolutionKind' in problem && NOT_FOR.includes(problem.resolutionKind)))
    .map((problem) => `${problemKindInfo[problem.kind].description} ${JSON.stringify(problem)}`)
}
