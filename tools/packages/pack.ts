import { execFile } from 'node:child_process'
import { existsSync, globSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** A conditional entry of a manifest's `exports`. */
type Conditions = Readonly<Record<string, string>>

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly exports: Readonly<Record<string, Conditions>>
  readonly bin?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** A package that is published: its folder in the repository, such as `packages/core`, and its manifest. */
export interface Published {
  readonly folder: string
  readonly manifest: Manifest
}

export const root: string = fileURLToPath(new URL('../../', import.meta.url))

export function publishedPackages(): Published[] {
  return globSync('packages/*/package.json', { cwd: root })
    .map((path) => ({
      folder: dirname(path),
      manifest: JSON.parse(readFileSync(root + path, 'utf8')) as Manifest,
    }))
    .filter(({ manifest }) => manifest.private !== true)
    .sort((a, b) => a.folder.localeCompare(b.folder))
}

/** What npm says of a tarball that it made. */
export interface Packed {
  readonly name: string
  readonly filename: string
  readonly size: number
  readonly files: readonly { readonly path: string }[]
}

/** Removes from a package's `dist` what is left of sources that are gone: a build only ever adds. */
function prune(folder: string): void {
  const inFolder = join(root, folder)
  for (const file of globSync('dist/**/*.{js,d.ts,map}', { cwd: inFolder })) {
    const source = file
      .replace(/^dist/, 'src')
      .replace(/\.map$/, '')
      .replace(/(\.d\.ts|\.js)$/, '.ts')
    if (!existsSync(join(inFolder, source))) rmSync(join(inFolder, file))
  }
}

/** Packs every package that is published, as built, into `place`. */
export async function packAll(place: string): Promise<Packed[]> {
  const folders = publishedPackages().map(({ folder }) => `./${folder}`)
  for (const folder of folders) prune(folder)
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', place, ...folders]
  const { stdout } = await promisify(execFile)('npm', args, { cwd: root, maxBuffer: 2 ** 26 })
  return JSON.parse(stdout) as Packed[]
}

/** What importers name the entries of a package, such as `@muster/testing/worlds`. */
export function entriesOf({ name, exports }: Manifest): string[] {
  return Object.keys(exports).map((entry) => name + entry.slice(1))
}
