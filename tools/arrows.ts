import { posix } from 'node:path'
import { parseSync, Visitor } from 'oxc-parser'

/** One import that may not be: which file, what it imports (as written), and the rule it breaks. */
export interface WrongArrow {
  readonly file: string
  readonly imports: string
  readonly rule: string
}

/** Source text by path from the repository's root, with `/` between folders. */
export type SourceTree = ReadonlyMap<string, string>

const CORE_ENTRIES = [
  '@muster/core',
  ...['memory', 'testing', 'container', 'python'].map((entry) => `@muster/core/${entry}`),
]

/** What each package beside core may import besides itself, core's entry points and Node: its own drivers. */
const DRIVERS: Readonly<Record<string, RegExp>> = {
  'adapters-pg': /^(inversify|pg|@electric-sql\/pglite)$/,
  'adapters-redis': /^(inversify|bullmq|ioredis)$/,
  'adapters-otel': /^@opentelemetry\/api$/,
  threads: /^tinypool$/,
  'transport-http':
    /^(inversify|fastify|fastify-plugin|fastify-type-provider-zod|@fastify\/[a-z-]+|jose|prom-client|zod|graphql|graphql-ws|graphql-yoga|@pothos\/[a-z-]+|dataloader)$/,
  'transport-ws': /^(inversify|socket\.io|socket\.io-client|ws|zod)$/,
}

/** Where in core (path below its `src/`) a package from outside may be imported. */
const CORE_OUTSIDE: readonly { readonly specifier: RegExp; readonly where: RegExp; readonly rule: string }[] =
  [
    { specifier: /^(zod|@standard-schema\/spec|node:crypto)$/, where: /./, rule: '' },
    {
      specifier: /^inversify$/,
      where: /(^|\/)(container|tokens|[a-z-]*module)\.ts$/,
      rule: 'core knows inversify in container, module and token files only',
    },
    {
      specifier: /^(vitest|fast-check)$/,
      where: /^testing\//,
      rule: 'core imports the test tools under testing/ only',
    },
    { specifier: /^uuid$/, where: /^system\//, rule: 'core makes ids under system/ only' },
    {
      specifier: /^node:async_hooks$/,
      where: /^memory\//,
      rule: 'core follows asynchronous calls in the memory adapter only, to refuse a transaction inside itself',
    },
    {
      specifier: /^node:/,
      where: /^(python|testing|system)\//,
      rule: 'core is pure: Node (but node:crypto) under python/, testing/ and system/ only',
    },
  ]

/** The floors inside core: who stands higher may import who stands lower. Root files not named stand on the ground, 0. */
const TOP = 6
const FLOOR: Readonly<Record<string, number>> = {
  events: 1,
  people: 1,
  jobs: 2,
  workflow: 2,
  runs: 3,
  assignment: 3,
  presence: 3,
  queue: 4,
  feed: 5,
  'compose.ts': TOP,
  'container.ts': TOP,
  'index.ts': TOP,
  'muster.ts': TOP,
  'stores.ts': 4,
}
const BESIDE = new Set(['memory', 'testing', 'system', 'python'])

/** Every import that breaks a rule of who may import whom, and every circle of imports, in the order of the files. */
export function wrongArrows(tree: SourceTree): WrongArrow[] {
  const graph = new Map<string, string[]>()
  const wrong: WrongArrow[] = []
  for (const [file, source] of [...tree].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const targets: string[] = []
    for (const specifier of importsOf(file, source)) {
      const target = specifier?.startsWith('.') ? posix.join(posix.dirname(file), specifier) : undefined
      const rule =
        specifier === undefined
          ? computedRule(file)
          : target === undefined
            ? outsideRule(file, specifier)
            : insideRule(file, target)
      if (rule) wrong.push({ file, imports: specifier ?? 'import(…)', rule })
      if (target !== undefined && tree.has(target)) targets.push(target)
    }
    graph.set(file, targets)
  }
  return [...wrong, ...circles(graph)]
}

/** What `source` imports or re-exports, types too, as written; `undefined` for a name that is computed. */
function importsOf(file: string, source: string): (string | undefined)[] {
  const { program, errors } = parseSync(file, source)
  if (errors[0]) throw new Error(`${file} does not parse: ${errors[0].message}`)
  const found: (string | undefined)[] = []
  new Visitor({
    ImportDeclaration: (node) => void found.push(node.source.value),
    ExportAllDeclaration: (node) => void found.push(node.source.value),
    ExportNamedDeclaration: (node) => {
      if (node.source) found.push(node.source.value)
    },
    ImportExpression: ({ source: name }) =>
      void found.push(name.type === 'Literal' && typeof name.value === 'string' ? name.value : undefined),
    TSImportType: (node) => void found.push(node.source.value),
  }).visit(program)
  return found
}

/** A file of a package: the package's folder name, the path below `src/`, and whether it is a test. */
function placeOf(
  file: string,
): { readonly package: string; readonly path: string; readonly test: boolean } | undefined {
  const [, name, path] = /^packages\/([^/]+)\/(?:src\/)?(.+)$/.exec(file) ?? []
  return name !== undefined && path !== undefined
    ? { package: name, path, test: /\.test(\.support)?\.ts$/.test(path) }
    : undefined
}

/** Imports the module that its host names, which is no part of this repository. */
const IMPORTS_FOR_ITS_HOST = 'packages/threads/src/thread.ts'

function computedRule(file: string): string | undefined {
  if (file === IMPORTS_FOR_ITS_HOST) return undefined
  return placeOf(file) && 'packages import by a plain name, which this check can read'
}

function outsideRule(file: string, specifier: string): string | undefined {
  const place = placeOf(file)
  if (!place) return undefined
  if (
    place.test &&
    /^(vitest(\/node)?|fast-check|inversify|zod|graphql-http|@opentelemetry\/(sdk-trace|context-async-hooks)|@bull-board\/api(\/[\w/]+)?|ajv|yaml|@asyncapi\/parser|@redocly\/openapi-core|@stoplight\/spectral-(core|rulesets)|node:.*|@muster\/test-services(\/vitest)?|@muster\/transport-ws)$/.test(
      specifier,
    )
  )
    return undefined
  if (place.package === 'core') {
    const known = CORE_OUTSIDE.find((outside) => outside.specifier.test(specifier))
    if (!known) return 'core imports itself, zod and the standard schema only'
    return known.where.test(place.path) ? undefined : known.rule
  }
  if (specifier === '@muster/core/testing' && !place.test) return 'contract suites are for tests only'
  if (CORE_ENTRIES.includes(specifier) || specifier.startsWith('node:')) return undefined
  if (/^@muster(-examples)?\//.test(specifier))
    return 'adapters and transports import the entry points of @muster/core, never each other nor a host'
  return DRIVERS[place.package]?.test(specifier)
    ? undefined
    : `not a driver of ${place.package}: see DRIVERS in tools/arrows.ts`
}

function insideRule(file: string, target: string): string | undefined {
  const from = placeOf(file)
  if (!from) return undefined
  const to = placeOf(target)
  if (to?.package !== from.package) return 'a package is imported by its name, not by a path into it'
  if (from.package !== 'core' || from.test) return undefined
  if (to.test) return 'a test is imported by nothing'
  const fromFolder = from.path.split('/')[0] ?? ''
  const toFolder = to.path.split('/')[0] ?? ''
  if (BESIDE.has(fromFolder) || fromFolder === toFolder) return undefined
  if (BESIDE.has(toFolder)) {
    if (fromFolder === 'container.ts' && /^(memory|system)$/.test(toFolder)) return undefined
    return `${toFolder}/ stands beside the floors: none imports it`
  }
  const fromFloor = floorOf(fromFolder)
  const toFloor = floorOf(toFolder)
  if (fromFloor === undefined || toFloor === undefined)
    return `${fromFloor === undefined ? fromFolder : toFolder}/ has no floor: see FLOOR in tools/arrows.ts`
  if (fromFloor < toFloor) return `${fromFolder} stands below ${toFolder}: no import runs up`
  const rootFiles = fromFolder.endsWith('.ts') && toFolder.endsWith('.ts')
  return fromFloor === toFloor && !rootFiles
    ? `${fromFolder} and ${toFolder} share a floor: they don't import each other`
    : undefined
}

/** The floor of a folder or root file of core, `undefined` for a folder the drawing does not show. */
function floorOf(name: string): number | undefined {
  return FLOOR[name] ?? (name.endsWith('.ts') ? 0 : undefined)
}

/** Each circle once, from the first of its files that a walk in order meets. */
function circles(graph: ReadonlyMap<string, readonly string[]>): WrongArrow[] {
  const done = new Set<string>()
  const path: string[] = []
  const found: WrongArrow[] = []
  const walk = (file: string): void => {
    path.push(file)
    for (const target of graph.get(file) ?? []) {
      const start = path.indexOf(target)
      if (start >= 0)
        found.push({
          file,
          imports: target,
          rule: `imports run in a circle: ${[...path.slice(start), target].join(' → ')}`,
        })
      else if (!done.has(target)) walk(target)
    }
    path.pop()
    done.add(file)
  }
  for (const file of graph.keys()) if (!done.has(file)) walk(file)
  return found
}
