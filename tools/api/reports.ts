import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'
import { publishedPackages, root } from '../packages/pack.ts'

/** Where the reports are checked in. */
export const REPORTS: string = join(root, 'docs/api')

/** An entry that a package is imported by. */
interface Entry {
  /** Such as `@muster/transport-ws/client`. */
  readonly specifier: string
  readonly folder: string
  readonly types: string
  /** The name of its report. */
  readonly file: string
}

function entries(): Entry[] {
  return publishedPackages().flatMap(({ folder, manifest: { name, exports } }) =>
    Object.entries(exports).map(([path, { types = '' }]) => ({
      specifier: name + path.slice(1),
      folder: join(root, folder),
      types: join(root, folder, types),
      file: `${[name.split('/')[1], ...path.split('/').slice(1)].join('.')}.api.md`,
    })),
  )
}

/**
 * The public API of every package that is published, its types included, by the name of the report's file; read from what was built.
 * One of the files counts the names of each entry.
 */
export async function apiReports(): Promise<ReadonlyMap<string, string>> {
  const place = await mkdtemp(join(tmpdir(), 'muster-api-'))
  try {
    const all = entries()
    const configs = all.map((entry) => configOf(entry, all, place))
    const [first] = configs
    if (first === undefined) return new Map()
    // One program for all: reading the types takes longest.
    const compilerState = CompilerState.create(first, {
      additionalEntryPoints: all.map(({ types }) => types),
    })
    const reports = new Map<string, string>()
    for (const [index, { file }] of all.entries()) {
      const config = configs[index] ?? first
      Extractor.invoke(config, {
        localBuild: true,
        compilerState,
        messageCallback(message) {
          message.logLevel = ExtractorLogLevel.None
        },
      })
      reports.set(file, await readFile(join(place, file), 'utf8'))
    }
    for (const entry of all) reports.set(entry.file, withoutRepeats(entry, all, reports))
    reports.set('README.md', countsOf(all, reports))
    return reports
  } finally {
    await rm(place, { recursive: true })
  }
}

function configOf({ folder, types, file }: Entry, all: readonly Entry[], place: string): ExtractorConfig {
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: types,
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'es2024',
            lib: ['es2024'],
            module: 'nodenext',
            moduleResolution: 'nodenext',
            types: ['node'],
            strict: true,
            skipLibCheck: true,
          },
          files: all.map((each) => each.types),
        },
      },
      apiReport: {
        enabled: true,
        // Types that the API leads to are part of it, whether or not they have a name outside.
        includeForgottenExports: true,
        reportFolder: place,
        reportTempFolder: join(place, 'temporary'),
        reportFileName: file,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, 'package.json'),
  })
}

/** Any declaration, with its comments before it: `export ` in front says that it has a name outside. */
const DECLARATION =
  /^\/\/ @.*\n(?:\/\/ .*\n|\/\*\*.*\n)*(export )?(?:abstract )?(?:class|const|function|interface|type) (\w+)[\s\S]*?\n\n/gm

/** Types that are written from `openapi.json`, which is checked in and compared itself. */
const OF_THE_DOCUMENT: ReadonlySet<string> = new Set(['components', 'operations', 'paths'])

/** The report of `entry` under its own name, less the types that another entry of the package exports, and those of the API's document. */
function withoutRepeats(entry: Entry, all: readonly Entry[], reports: ReadonlyMap<string, string>): string {
  const report = reports.get(entry.file) ?? ''
  const others = all.filter((other) => other.folder === entry.folder && other !== entry)
  const elsewhere = new Set(others.flatMap(({ file }) => [...exportedNames(reports.get(file) ?? '')]))
  return report
    .replace(/^## .*$/m, `## API Report File for "${entry.specifier}"`)
    .replace(DECLARATION, (whole, exported: string | undefined, name: string) =>
      exported === undefined && (elsewhere.has(name) || OF_THE_DOCUMENT.has(name)) ? '' : whole,
    )
}

/** Every name that a report says an entry exports. */
export function exportedNames(report: string): ReadonlySet<string> {
  const names = report.matchAll(/^export (?:abstract )?(?:class|const|function|interface|type) (\w+)/gm)
  const others = report.matchAll(/^export (?:\{ (?:\w+ as )?(\w+) \};?|default \w+;)$/gm)
  return new Set([...names, ...others].map(([, name = 'default']) => name))
}

function countsOf(all: readonly Entry[], reports: ReadonlyMap<string, string>): string {
  const rows = all.map(({ specifier, file }) => {
    const names = exportedNames(reports.get(file) ?? '').size
    return `| \`${specifier}\` | ${names} | [${file}](${file}) |`
  })
  return `${[
    '# The public API',
    '',
    'Each report holds every name that an entry exports, with its types. `npm run api` writes them anew from a',
    'build; `npm run check` fails while one is out of date. A type that another entry of the package exports',
    'stands in the report of that entry alone.',
    '',
    '| entry | names | report |',
    '| --- | --- | --- |',
    ...rows,
  ].join('\n')}\n`
}
