import { glob, readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'

const root = new URL('../', import.meta.url)

it('gives a reason in docs/packages.md for every dependency that is installed with Muster, and for no other', async () => {
  expect((await tabled()).sort()).toEqual((await declared()).sort())
})

it('pins every version exactly', async () => {
  for await (const manifest of manifests()) {
    const { dependencies = {}, devDependencies = {}, optionalDependencies = {} } = manifest
    for (const version of Object.values({ ...dependencies, ...devDependencies, ...optionalDependencies }))
      expect(version).toMatch(/^\d+\.\d+\.\d+$/)
  }
})

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** The workspaces that are used, not those that only measure or test. */
async function* manifests(): AsyncIterable<Manifest> {
  for await (const path of glob('{packages,examples}/*/package.json', { cwd: root }))
    yield JSON.parse(await readFile(new URL(path, root), 'utf8')) as Manifest
}

/** `package dependency`, as the manifests declare them. */
async function declared(): Promise<string[]> {
  const found: string[] = []
  for await (const { name, dependencies = {}, peerDependencies = {}, peerDependenciesMeta } of manifests()) {
    const peers = Object.keys(peerDependencies).filter((peer) => !peerDependenciesMeta?.[peer]?.optional)
    const outside = [...Object.keys(dependencies), ...peers].filter(
      (dependency) => !/^@muster(-examples)?\//.test(dependency),
    )
    found.push(...outside.map((dependency) => `${name.split('/')[1]} ${dependency}`))
  }
  return found
}

/** The same, as the table of docs/packages.md names them. */
async function tabled(): Promise<string[]> {
  const page = await readFile(new URL('docs/packages.md', root), 'utf8')
  const table = /## Dependencies\n(?<rows>[\s\S]*?)\n## |## Dependencies\n(?<last>[\s\S]*)/.exec(page)?.groups
  const rows = [
    ...(table?.['rows'] ?? table?.['last'] ?? '').matchAll(
      /^\| (?<of>[^|]+) \| (?<names>[^|]+) \| (?<why>[^|]+) \|$/gm,
    ),
  ]
  return rows.slice(2).flatMap(({ groups = {} }) => {
    const names = (groups['names'] ?? '').trim().split(', ')
    expect(groups['why']?.trim()).not.toBe('')
    return (groups['of'] ?? '')
      .trim()
      .split(', ')
      .flatMap((of) => names.map((name) => `${of} ${name}`))
  })
}
