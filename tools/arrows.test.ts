import { describe, expect, it } from 'vitest'
import { PACKAGES, wrongArrows } from './arrows.ts'

/** The rules broken by a tree of one file per entry: its path and what it imports. */
function rulesBrokenBy(imports: Record<string, readonly string[]>): string[] {
  const sources = Object.entries(imports).map(
    ([file, names]) => [file, names.map((name) => `import '${name}'`).join('\n')] as const,
  )
  return wrongArrows(new Map(sources)).map(({ file, imports, rule }) => `${file} > ${imports}: ${rule}`)
}

/** The same for one file of core, by its path below `src/`. */
function coreFile(path: string, ...imports: string[]): string[] {
  return rulesBrokenBy({ [`packages/core/src/${path}`]: imports })
}

describe('between packages', () => {
  it('lets adapters, transports and hosts do what the drawing shows', () => {
    expect(
      rulesBrokenBy({
        'packages/host/src/container.ts': ['@muster/core/use-cases', '@muster/adapters-memory', 'inversify'],
        'packages/host/src/system/index.ts': ['uuid'],
        'packages/testing/src/suites.ts': ['@muster/core', '@muster/host', 'vitest', 'fast-check', 'node:fs'],
        'packages/python/src/python-handler.ts': ['@muster/core', 'node:child_process'],
        'packages/core/src/runs/run.test.ts': ['@muster/testing/worlds', '@muster/adapters-memory'],
        'packages/adapters-memory/src/stores.test.ts': ['@muster/testing/suites'],
        'packages/adapters-pg/src/run-store.ts': ['@muster/core', 'pg', 'node:fs', './rows.ts'],
        'packages/adapters-pg/src/pg-module.ts': ['@muster/host', 'inversify'],
        'packages/adapters-pg/src/rows.ts': ['@electric-sql/pglite'],
        'packages/adapters-pg/src/contract.postgres.test.ts': [
          '@muster/testing/suites',
          '@muster/test-services/vitest',
          'vitest',
        ],
        'packages/transport-http/src/over-ws.test.ts': ['@muster/transport-ws'],
        'packages/transport-http/src/index.ts': ['@muster/core', 'fastify', '@fastify/cors', 'zod'],
        'examples/reference-server/src/main.ts': ['@muster/adapters-pg', '@muster/transport-http', 'fastify'],
        'benchmarks/main.ts': ['@muster/adapters-pg', 'pg-boss', '@muster/testing'],
      }),
    ).toEqual([])
  })

  it.each([
    [
      'an adapter that imports another adapter',
      'packages/adapters-pg/src/a.ts',
      '@muster/adapters-redis',
      /imports core/,
    ],
    [
      'an adapter that imports a transport',
      'packages/adapters-pg/src/a.ts',
      '@muster/transport-http',
      /imports core/,
    ],
    [
      'a transport that imports an adapter',
      'packages/transport-http/src/a.ts',
      '@muster/adapters-pg',
      /imports core/,
    ],
    [
      'a transport test that imports an adapter',
      'packages/transport-http/src/a.test.ts',
      '@muster/adapters-pg',
      /imports core/,
    ],
    [
      'a transport that imports a host',
      'packages/transport-http/src/a.ts',
      '@muster-examples/language-id',
      /imports core/,
    ],
    [
      'a transport that imports a database driver',
      'packages/transport-http/src/a.ts',
      'pg',
      /not a driver of transport-http/,
    ],
    [
      'an adapter that imports a web framework',
      'packages/adapters-pg/src/a.ts',
      'fastify',
      /not a driver of adapters-pg/,
    ],
    [
      'a memory adapter that imports the composition',
      'packages/adapters-memory/src/a.ts',
      '@muster/host',
      /imports core only/,
    ],
    [
      'a memory adapter that imports the container library',
      'packages/adapters-memory/src/a.ts',
      'inversify',
      /not a driver of adapters-memory/,
    ],
    [
      'a memory adapter that imports Node',
      'packages/adapters-memory/src/a.ts',
      'node:timers',
      /not a driver of adapters-memory/,
    ],
    ['a host that knows an adapter', 'packages/host/src/a.ts', '@muster/adapters-pg', /imports core/],
    [
      'a host that knows its container everywhere',
      'packages/host/src/compose.ts',
      'inversify',
      /container, module and token files/,
    ],
    ['a host that makes ids everywhere', 'packages/host/src/compose.ts', 'uuid', /under system\//],
    ['statistics that know Muster', 'packages/statistics/src/a.ts', '@muster/core', /no other package only/],
    ['formats that reach for a network', 'packages/formats/src/a.ts', 'undici', /not a driver of formats/],
    ['a client that imports the host', 'packages/client/src/a.ts', '@muster/host', /client imports/],
    ['a command line that imports core', 'packages/cli/src/a.ts', '@muster/core', /cli imports/],
    [
      'webhooks that import a transport',
      'packages/webhooks/src/a.ts',
      '@muster/transport-http',
      /webhooks imports/,
    ],
    [
      'a console that imports a transport it stands beside',
      'packages/console/src/server/a.ts',
      '@muster/transport-http',
      /console imports/,
    ],
    [
      'a page of the console that imports Node',
      'packages/console/src/work/a.tsx',
      'node:fs',
      /all else runs in browsers/,
    ],
    ['a server of tools that imports the host', 'packages/mcp/src/a.ts', '@muster/host', /mcp imports/],
    [
      'a package that nobody has placed',
      'packages/reports/src/a.ts',
      '@muster/core',
      /reports is no package that PACKAGES/,
    ],
    [
      'an adapter that reaches behind the entry points',
      'packages/adapters-pg/src/a.ts',
      '@muster/core/src/runs/run.ts',
      /entry points/,
    ],
    [
      'an adapter that imports by a path into core',
      'packages/adapters-pg/src/a.ts',
      '../../core/src/index.ts',
      /by its name, not by a path/,
    ],
    [
      'a shipped file that imports the contract suites',
      'packages/adapters-pg/src/a.ts',
      '@muster/testing/suites',
      /adapters-pg imports core, host only/,
    ],
  ])('refuses %s', (_, file, specifier, rule) => {
    expect(rulesBrokenBy({ [file]: [specifier] })).toEqual([expect.stringMatching(rule)])
  })
})

it('has no package that imports one which stands after it', () => {
  const order = Object.keys(PACKAGES)
  const late = order.flatMap((name, place) =>
    (PACKAGES[name]?.imports ?? []).filter(
      (imported) => order.indexOf(imported) >= place || !PACKAGES[imported],
    ),
  )
  expect(late).toEqual([])
})

describe('from core to the outside', () => {
  it('allows each outside import where it belongs', () => {
    expect(coreFile('jobs/job.ts', 'zod', '@standard-schema/spec', 'node:crypto')).toEqual([])
    expect(coreFile('runs/run.test.ts', 'vitest', 'fast-check', 'node:fs')).toEqual([])
  })

  it.each([
    ['an adapter', 'runs/run.ts', '@muster/adapters-pg', /core imports statistics only/],
    ['the memory adapters', 'runs/run.ts', '@muster/adapters-memory', /core imports statistics only/],
    ['the composition', 'runs/run.ts', '@muster/host', /core imports statistics only/],
    ['the contract suites', 'index.ts', '@muster/testing/suites', /core imports statistics only/],
    ['itself by its name', 'runs/run.ts', '@muster/core', /core imports statistics only/],
    ['a driver', 'runs/ports.ts', 'pg', /not a driver of core/],
    ['a framework', 'index.ts', 'fastify', /not a driver of core/],
    ['the container library', 'container.ts', 'inversify', /not a driver of core/],
    ['metadata of decorators', 'index.ts', 'reflect-metadata', /not a driver of core/],
    ['a test tool in a rule', 'runs/run.ts', 'vitest', /not a driver of core/],
    ['ids', 'runs/run.ts', 'uuid', /not a driver of core/],
    ['Node', 'runs/run.ts', 'node:fs', /not a driver of core/],
  ])('refuses %s', (_, path, specifier, rule) => {
    expect(coreFile(path, specifier)).toEqual([expect.stringMatching(rule)])
  })
})

describe('between the floors of core', () => {
  it('lets who stands higher import who stands lower, and tests import all', () => {
    expect(
      rulesBrokenBy({
        'packages/core/src/index.ts': ['./queue/personal.ts', './errors.ts'],
        'packages/core/src/use-cases.ts': ['./queue/personal.ts', './feed/feed.ts'],
        'packages/core/src/feed.ts': ['./feed/channel.ts'],
        'packages/core/src/queue/personal.ts': ['../assignment/assignment.ts', '../people/person.ts'],
        'packages/core/src/assignment/assignment.ts': ['../workflow/task.ts', './ports.ts', '../ids.ts'],
        'packages/core/src/errors.ts': ['./json.ts'],
        'packages/core/src/assignment/assignment.test.ts': ['../feed/feed.ts', '../queue/personal.ts'],
      }),
    ).toEqual([])
  })

  it.each([
    ['an import that runs up', 'workflow/task.ts', '../assignment/assignment.ts', /no import runs up/],
    ['the ground importing a floor', 'errors.ts', './people/person.ts', /no import runs up/],
    ['a folder importing what hosts compose', 'queue/project.ts', '../use-cases.ts', /no import runs up/],
    ['a folder importing an entry', 'jobs/job.ts', '../ports.ts', /no import runs up/],
    [
      'folders of one floor importing each other',
      'presence/presence.ts',
      '../assignment/assignment.ts',
      /share a floor/,
    ],
    [
      'a folder that the drawing does not show',
      'reports/report.ts',
      '../people/person.ts',
      /reports\/? has no floor/,
    ],
    ['a rule importing a test', 'runs/run.ts', './run.test.ts', /a test is imported by nothing/],
  ])('refuses %s', (_, path, specifier, rule) => {
    expect(coreFile(path, specifier)).toEqual([expect.stringMatching(rule)])
  })
})

describe('reading imports', () => {
  const rules = (source: string): string[] =>
    wrongArrows(new Map([['packages/core/src/runs/run.ts', source]])).map(({ rule }) => rule)

  it.each([
    ['a type import', "import type { Pool } from 'pg'"],
    ['a re-export', "export { Pool } from 'pg'"],
    ['a re-export of everything', "export * from 'pg'"],
    ['an import at run time', "const pg = await import('pg')"],
    ['an import inside a type', "type Pool = import('pg').Pool"],
  ])('sees %s', (_, source) => {
    expect(rules(source)).toEqual([expect.stringMatching(/not a driver of core/)])
  })

  it('takes no comment or string for an import', () => {
    expect(rules(`// import 'pg'\nconst text = "import 'pg'"`)).toEqual([])
  })

  it('refuses a computed name, which it cannot follow', () => {
    expect(rules('await import(name)')).toEqual([expect.stringMatching(/by a plain name/)])
  })

  it('stops at a file that does not parse', () => {
    expect(() => rules('import {')).toThrow(/run\.ts does not parse/)
  })
})

it('refuses a circle of imports anywhere, and names its files', () => {
  expect(
    rulesBrokenBy({
      'examples/language-id/src/a.ts': ['./b.ts'],
      'examples/language-id/src/b.ts': ['./c.ts'],
      'examples/language-id/src/c.ts': ['./a.ts'],
    }),
  ).toEqual([
    expect.stringContaining(
      'imports run in a circle: examples/language-id/src/a.ts → examples/language-id/src/b.ts → examples/language-id/src/c.ts → examples/language-id/src/a.ts',
    ),
  ])
})
