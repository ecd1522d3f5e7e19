import { readFile, realpath } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

// The parts of the image. `stage.ts` makes them, the Containerfile copies them.

/** The repository, without a slash at the end. */
export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '')

/** The program of the image, by its workspace. */
export const PROGRAM = 'examples/reference-server'

/** All that `stage.ts` leaves in its folder. */
export const PARTS: readonly string[] = ['app', 'data', 'etc/group', 'etc/passwd', 'node']
/** All that the script `build` adds. */
export const BUILT: readonly string[] = ['base.tar', 'sbom.json']

/** The user of the image: somebody must have its id, or Node does not tell who it is. */
export const USER = { id: 10_001, name: 'muster' } as const

/** Dependencies that serve `npm run cluster` and compilers alone. */
const WITHOUT: readonly RegExp[] = [/^@muster\/test-services$/, /^@types\//, /^typescript$/]
/** Files of packages that nothing loads: sources, types, maps, words and tests. */
const UNLOADED = /\.(?:ts|mts|cts|tsx|map|md|markdown|tsbuildinfo|png)$|\.test\./
/** Folders of packages of others that nothing loads. */
const UNLOADED_FOLDERS = new Set([
  'test',
  'tests',
  '__tests__',
  'playground',
  'benchmark',
  'benchmarks',
  'example',
  'examples',
])
/** Of workspaces, what runs of them. */
const OF_WORKSPACES = new Set([
  'package.json',
  'LICENSE',
  'NOTICE',
  'dist',
  'assets',
  'functions',
  'migrations',
  'python',
])

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** The manifest of a package; undefined: there is none in this folder. */
export async function manifestOf(folder: string): Promise<Manifest | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Where a package finds another, as Node looks for it. */
async function found(name: string, from: string): Promise<string | undefined> {
  for (let folder = from; folder.startsWith(ROOT); folder = dirname(folder)) {
    const place = join(folder, 'node_modules', name)
    if ((await manifestOf(place)) !== undefined) return realpath(place)
  }
  return undefined
}

/** The folders of a package and of all that it depends on. Optional ones of other platforms are not there. @throws Error if one is missing */
export async function closure(folder: string, known = new Set<string>()): Promise<ReadonlySet<string>> {
  if (known.has(folder)) return known
  known.add(folder)
  const { dependencies, optionalDependencies, peerDependencies } = (await manifestOf(folder)) ?? {}
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
    if (WITHOUT.some((pattern) => pattern.test(name))) continue
    const place = await found(name, folder)
    if (place !== undefined) await closure(place, known)
    else if (dependencies?.[name] !== undefined)
      throw new Error(`${folder} depends on ${name}, which is not installed`)
  }
  return known
}

/** Whether a package is one of this repository's own. */
export function isOurs(folder: string): boolean {
  return !relative(ROOT, folder).split(sep).includes('node_modules')
}

/** Whether a file or a folder of a package comes into the image. */
export function isTaken(folder: string, path: string, isFolder: boolean): boolean {
  const [top = ''] = relative(folder, path).split(sep)
  if (path === folder) return true
  if (top === 'node_modules' || (isOurs(folder) && !OF_WORKSPACES.has(top))) return false
  const name = basename(path)
  if (isFolder) return isOurs(folder) || !UNLOADED_FOLDERS.has(name)
  return /licen[cs]e|notice/i.test(name) || !UNLOADED.test(name)
}
