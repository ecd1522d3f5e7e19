import { describe, expect, it } from 'vitest'
import { wrongArrows } from './arrows.ts'

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
        'packages/adapters-pg/src/run-store.ts': ['@muster/core', 'pg', 'node:fs', './rows.ts'],
        'packages/adapters-pg/src/rows.ts': ['@electric-sql/pglite'],
        'packages/adapters-pg/src/contract.postgres.test.ts': [
          '@muster/core/testing',
          '@muster/test-services/vitest',
          'vitest',
        ],
        'packages/transport-http/src/over-ws.test.ts': ['@muster/transport-ws'],
        'packages/transport-http/src/index.ts': ['@muster/core', 'fastify', '@fastify/cors', 'zod'],
        'examples/reference-server/src/main.ts': ['@muster/adapters-pg', '@muster/transport-http', 'fastify'],
        'benchmarks/main.ts': ['@muster/adapters-pg', 'pg-boss', '@muster/core/testing'],
      }),
    ).toEqual([])
  })

  it.each([
    [
      'an adapter that imports another adapter',
      'packages/adapters-pg/src/a.ts',
      '@muster/adapters-redis',
      /never each other nor a host/,
    ],
    [
      'an adapter that imports a transport',
      'packages/adapters-pg/src/a.ts',
      '@muster/transport-http',
      /never each other nor a host/,
    ],
    [
      'a transport that imports an adapter',
      'packages/transport-http/src/a.ts',
      '@muster/adapters-pg',
      /never each other nor a host/,
    ],
    [
      'a transport test that imports an adapter',
      'packages/transport-http/src/a.test.ts',
      '@muster/adapters-pg',
      /never each other nor a host/,
    ],
    [
      'a transport that imports a host',
      'packages/transport-http/src/a.ts',
      '@muster-examples/language-id',
      /never each other nor a host/,
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
      '@muster/core/testing',
      /for tests only/,
    ],
  ])('refuses %s', (_, file, specifier, rule) => {
    expect(rulesBrokenBy({ [file]: [specifier] })).toEqual([expect.stringMatching(rule)])
  })
})

describe('from core to the outside', () => {
  it('allows each outside import where it belongs', () => {
    expect(coreFile('jobs/job.ts', 'zod', '@standard-schema/spec', 'node:crypto')).toEqual([])
    expect(coreFile('container.ts', 'inversify')).toEqual([])
    expect(coreFile('memory/memory-module.ts', 'inversify')).toEqual([])
    expect(coreFile('testing/run-store-contract.ts', 'vitest', 'fast-check', 'node:fs')).toEqual([])
    expect(coreFile('python/python-handler.ts', 'node:child_process')).toEqual([])
    expect(coreFile('system/ids.ts', 'uuid', 'node:perf_hooks')).toEqual([])
    expect(coreFile('runs/run.test.ts', 'vitest', 'fast-check', 'node:fs')).toEqual([])
  })

  it.each([
    ['an adapter', 'runs/run.ts', '@muster/adapters-pg', /core imports itself/],
    ['a driver', 'runs/ports.ts', 'pg', /core imports itself/],
    ['a framework', 'index.ts', 'fastify', /core imports itself/],
    ['itself by its name', 'runs/run.ts', '@muster/core', /core imports itself/],
    ['the container library in a rule', 'runs/run.ts', 'inversify', /container, module and token files/],
    ['a test tool in a rule', 'runs/run.ts', 'vitest', /under testing\//],
    ['ids in a rule', 'runs/run.ts', 'uuid', /under system\//],
    ['Node in a rule', 'runs/run.ts', 'node:fs', /core is pure/],
    ['Node in a memory adapter', 'memory/memory-run-store.ts', 'node:timers', /core is pure/],
  ])('refuses %s', (_, path, specifier, rule) => {
    expect(coreFile(path, specifier)).toEqual([expect.stringMatching(rule)])
  })
})

describe('between the floors of core', () => {
  it('lets who stands higher import who stands lower, and those beside import all', () => {
    expect(
      rulesBrokenBy({
        'packages/core/src/index.ts': ['./queue/personal.ts', './errors.ts'],
        'packages/core/src/container.ts': ['./index.ts', './memory/index.ts', './system/clock.ts'],
        'packages/core/src/queue/personal.ts': ['../assignment/assignment.ts', '../people/person.ts'],
        'packages/core/src/assignment/assignment.ts': ['../workflow/task.ts', './ports.ts', '../ids.ts'],
        'packages/core/src/errors.ts': ['./json.ts'],
        'packages/core/src/testing/simulation.ts': [
          '../memory/index.ts',
          '../queue/personal.ts',
          '../container.ts',
        ],
        'packages/core/src/assignment/assignment.test.ts': ['../memory/index.ts', '../queue/personal.ts'],
      }),
    ).toEqual([])
  })

  it.each([
    ['an import that runs up', 'workflow/task.ts', '../assignment/assignment.ts', /no import runs up/],
    ['the ground importing a floor', 'errors.ts', './people/person.ts', /no import runs up/],
    ['a folder importing the composition', 'queue/project.ts', '../container.ts', /no import runs up/],
    [
      'folders of one floor importing each other',
      'runs/run.ts',
      '../assignment/assignment.ts',
      /share a floor/,
    ],
    [
      'a floor importing the memory adapters',
      'runs/run.ts',
      '../memory/index.ts',
      /stands beside the floors/,
    ],
    [
      'the main entry importing the contract suites',
      'index.ts',
      './testing/index.ts',
      /stands beside the floors/,
    ],
    [
      'the container importing the contract suites',
      'container.ts',
      './testing/index.ts',
      /stands beside the floors/,
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
    expect(rules(source)).toEqual([expect.stringMatching(/core imports itself/)])
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
