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

interface Package {
  /** The packages of this repository that its shipped files import. */
  readonly imports: readonly string[]
  /** The packages that its tests import beside those. */
  readonly tests?: readonly string[]
  /** What they import beside those: its own drivers, and of Node what is named. */
  readonly drivers: RegExp
}

const NODE = 'node:.*'
const WEB = '(fastify|fastify-plugin|fastify-type-provider-zod|@fastify/[a-z-]+)'
const GRAPHQL = '(graphql|graphql-ws|graphql-yoga|@pothos/[a-z-]+|dataloader)'
const only = (...names: readonly string[]): RegExp => new RegExp(`^(${names.join('|')})$`)

/** Every package by its folder, the innermost first: none imports one that stands after it. Who is not here may not be. */
export const PACKAGES: Readonly<Record<string, Package>> = {
  statistics: { imports: [], drivers: only() },
  formats: {
    imports: [],
    drivers: only(
      'csv-parse',
      'hyparquet',
      'hyparquet-compressors',
      'hyparquet-writer',
      'saxes',
      'yaml',
      'yauzl',
      'node:(buffer|crypto|fs|stream|url|worker_threads|zlib)',
    ),
  },
  core: {
    imports: ['statistics'],
    drivers: only('zod', '@standard-schema/spec', 'ajv/dist/2020\\.js', 'croner', 'node:crypto'),
  },
  'adapters-memory': { imports: ['core'], drivers: only('node:async_hooks') },
  python: { imports: ['core'], drivers: only(NODE) },
  threads: { imports: ['core'], drivers: only('tinypool', NODE) },
  'adapters-otel': { imports: ['core'], drivers: only('@opentelemetry/api', NODE) },
  host: {
    imports: ['core', 'adapters-memory'],
    drivers: only(
      'inversify',
      'uuid',
      'node:async_hooks',
      'node:(crypto|fs|fs/promises|os|path|perf_hooks|stream|stream/promises)',
    ),
  },
  testing: {
    imports: ['core', 'adapters-memory', 'host'],
    drivers: only('vitest', 'fast-check', 'zod', '@standard-schema/spec', NODE),
  },
  'adapters-pg': {
    imports: ['core', 'host'],
    drivers: only('inversify', 'pg', '@electric-sql/pglite', NODE),
  },
  'adapters-redis': {
    imports: ['core', 'host', 'adapters-memory'],
    drivers: only('inversify', 'bullmq', 'ioredis', NODE),
  },
  'transport-http': {
    imports: ['core', 'host', 'formats'],
    drivers: only(WEB, GRAPHQL, 'inversify', 'jose', 'prom-client', 'zod', NODE),
  },
  'transport-ws': {
    imports: ['core', 'host'],
    drivers: only('inversify', 'socket\\.io', 'socket\\.io-client', 'ws', 'zod', NODE),
  },
  webhooks: {
    imports: ['core'],
    drivers: only('ipaddr\\.js', 'request-filtering-agent', 'standardwebhooks', NODE),
  },
  client: {
    imports: ['transport-ws'],
    tests: ['transport-http', 'core', 'formats'],
    drivers: only('openapi-fetch'),
  },
  cli: { imports: ['client', 'formats'], drivers: only('commander', NODE) },
  mcp: { imports: ['client'], drivers: only('@modelcontextprotocol/sdk(/.*)?', 'zod', NODE) },
  console: {
    imports: ['core', 'host', 'transport-ws'],
    tests: ['transport-http', 'formats'],
    drivers: only(
      WEB,
      'preact(/.*)?',
      '@preact/signals',
      '@gfx/zopfli',
      'diff',
      'lucide',
      'marked',
      'openid-client',
      'json-schema-to-typescript',
      'vite',
      NODE,
    ),
  },
}

/** Tests of every package may stand on these too. */
const FOR_TESTS = ['testing', 'host', 'adapters-memory']
const TEST_TOOLS =
  /^(vitest(\/node)?|fast-check|inversify|zod|graphql-http|@cfworker\/json-schema|@opentelemetry\/(sdk-trace|context-async-hooks)|@bull-board\/api(\/[\w/]+)?|yaml|@asyncapi\/parser|@stdlib\/[a-z-]+|@redocly\/openapi-core|@stoplight\/spectral-(core|rulesets)|node:.*|@muster\/test-services(\/(documents|vitest))?|@muster\/transport-ws|axe-core|playwright-core|oidc-provider|fastify)$/

/** Where in a package (path below its `src/`) a driver may be imported, if not everywhere. */
const WHERE: Readonly<
  Record<string, readonly { readonly driver: RegExp; readonly where: RegExp; readonly rule: string }[]>
> = {
  core: [
    { driver: /^ajv/, where: /^forms\//, rule: 'core judges results by ajv under forms/ alone' },
    {
      driver: /^croner/,
      where: /^schedules\//,
      rule: 'core walks rules in time by croner under schedules/ alone',
    },
  ],
  host: [
    {
      driver: /^inversify$/,
      where: /(^|\/)(container|tokens|opening|create-muster|[a-z-]*module)\.ts$/,
      rule: 'the host knows inversify in container, module and token files only',
    },
    { driver: /^uuid$/, where: /^system\//, rule: 'the host makes ids under system/ only' },
    {
      driver: /^node:(?!async_hooks)/,
      where: /^system\//,
      rule: 'the host looks at the machine under system/ only',
    },
  ],
  console: [
    {
      driver: /^(node:|fastify|openid-client)/,
      where: /^(server\/|tools\/|vite\.config)|\.test(\.support)?\.ts$/,
      rule: 'only the server of the console knows Node: all else runs in browsers',
    },
    {
      driver: /^(vite|json-schema-to-typescript)$/,
      where: /^(tools\/|vite\.config)/,
      rule: 'tools that build the console stand under tools/',
    },
  ],
}

/** The floors inside core: who stands higher may import who stands lower. Root files not named stand on the ground. */
const GROUND = 0
const TOP = 8
const FLOOR: Readonly<Record<string, number>> = {
  json: GROUND,
  input: GROUND,
  logging: GROUND,
  events: 1,
  forms: 1,
  limits: 1,
  people: 1,
  usage: 1,
  jobs: 2,
  operations: 2,
  quality: 2,
  rates: 2,
  workflow: 2,
  assignment: 3,
  presence: 3,
  asks: 4,
  runs: 4,
  schedules: 5,
  webhooks: 5,
  evaluation: 5,
  exchange: 5,
  queue: 6,
  feed: 7,
  'index.ts': TOP,
  'calls.ts': TOP,
  'feed.ts': TOP,
  'remote.ts': TOP,
  'runs.ts': TOP,
  'limits.ts': TOP,
  'making.ts': TOP,
  'usage.ts': TOP,
  'asks.ts': TOP,
  'schedules.ts': TOP,
  'webhooks.ts': TOP,
  'exchange.ts': TOP,
  'escalation.ts': TOP,
  'evaluation.ts': TOP,
  'inbox.ts': TOP,
  'operating.ts': TOP,
  'quality.ts': TOP,
  'forms.ts': TOP,
  'ports.ts': TOP,
  'rules.ts': TOP,
  'schemas.ts': TOP,
  'support.ts': TOP,
  'use-cases.ts': TOP,
  'stores.ts': 6,
  'following.ts': 6,
  'remembering.ts': 7,
  'durable-takes.ts': 7,
}

/** The floors of the console's page: pages stand on what is common, never on each other. */
const CONSOLE_FLOOR: Readonly<Record<string, number>> = {
  route: GROUND,
  keys: 1,
  api: 1,
  design: 2,
  feed: 3,
  forms: 3,
  work: 4,
  'my-queue': 4,
  project: 4,
  asks: 4,
  runs: 4,
  run: 4,
  results: 4,
  compare: 4,
  calibrate: 4,
  schedules: 4,
  imports: 4,
  tasks: 4,
  task: 4,
  people: 4,
  jobs: 4,
  limits: 4,
  usage: 4,
  system: 4,
  activity: 4,
  app: TOP,
  'vite.config.ts': TOP,
}

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
export function importsOf(file: string, source: string): (string | undefined)[] {
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
    ? { package: name, path, test: /\.test(\.support)?\.tsx?$/.test(path) }
    : undefined
}

/** Files that import by a name they compute, with good reason. */
const MAY_COMPUTE: readonly string[] = [
  // The module that its host names, which is no part of this repository.
  'packages/threads/src/thread.ts',
  // Modules of its own package, with a planted fault in their address.
  'packages/statistics/src/teeth.test.support.ts',
]

function computedRule(file: string): string | undefined {
  if (MAY_COMPUTE.includes(file)) return undefined
  return placeOf(file) && 'packages import by a plain name, which this check can read'
}

function outsideRule(file: string, specifier: string): string | undefined {
  const place = placeOf(file)
  if (!place) return undefined
  const own = PACKAGES[place.package]
  if (!own) return `${place.package} is no package that PACKAGES in tools/arrows.ts knows`
  if (place.test && TEST_TOOLS.test(specifier)) return undefined
  const [, scope, name, entry] = /^@muster(-examples)?\/([^/]+)(?:\/(.+))?$/.exec(specifier) ?? []
  if (name !== undefined) {
    if (entry !== undefined && /(^src|\.ts$)/.test(entry)) return 'a package is imported by its entry points'
    const allowed = place.test ? [...own.imports, ...(own.tests ?? []), ...FOR_TESTS] : own.imports
    return scope === undefined && allowed.includes(name)
      ? undefined
      : `${place.package} imports ${allowed.join(', ') || 'no other package'} only: see PACKAGES in tools/arrows.ts`
  }
  if (!own.drivers.test(specifier)) return `not a driver of ${place.package}: see PACKAGES in tools/arrows.ts`
  return WHERE[place.package]?.find(({ driver, where }) => driver.test(specifier) && !where.test(place.path))
    ?.rule
}

function insideRule(file: string, target: string): string | undefined {
  const from = placeOf(file)
  if (!from) return undefined
  const to = placeOf(target)
  if (to?.package !== from.package) return 'a package is imported by its name, not by a path into it'
  if (from.package === 'console' && !from.test) return consoleRule(from.path, to.path)
  if (from.package !== 'core' || from.test) return undefined
  if (to.test) return 'a test is imported by nothing'
  const fromFolder = from.path.split('/')[0] ?? ''
  const toFolder = to.path.split('/')[0] ?? ''
  if (fromFolder === toFolder) return undefined
  const fromFloor = floorOf(fromFolder)
  const toFloor = floorOf(toFolder)
  if (fromFloor === undefined || toFloor === undefined)
    return `${fromFloor === undefined ? fromFolder : toFolder}/ has no floor: see FLOOR in tools/arrows.ts`
  if (fromFloor < toFloor) return `${fromFolder} stands below ${toFolder}: no import runs up`
  const rootFiles = fromFolder.endsWith('.ts') && toFolder.endsWith('.ts')
  return fromFloor === toFloor && fromFloor > GROUND && !rootFiles
    ? `${fromFolder} and ${toFolder} share a floor: they don't import each other`
    : undefined
}

function consoleRule(from: string, to: string): string | undefined {
  const [fromFolder = '', toFolder = ''] = [from, to].map((path) => path.split('/')[0])
  if (fromFolder === toFolder) return undefined
  if (fromFolder === 'server' || toFolder === 'server')
    return 'the server of the console and its page share no code'
  const [fromFloor, toFloor] = [CONSOLE_FLOOR[fromFolder], CONSOLE_FLOOR[toFolder]]
  if (fromFloor === undefined || toFloor === undefined)
    return `${fromFloor === undefined ? fromFolder : toFolder}/ has no floor: see CONSOLE_FLOOR in tools/arrows.ts`
  return fromFloor > toFloor ? undefined : `${fromFolder} does not stand on ${toFolder}: see CONSOLE_FLOOR`
}

/** The floor of a folder or root file of core, `undefined` for a folder the drawing does not show. */
function floorOf(name: string): number | undefined {
  return FLOOR[name] ?? (name.endsWith('.ts') ? GROUND : undefined)
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
