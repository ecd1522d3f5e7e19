import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { COMPILE_CACHE } from './test/services/src/compile-cache.ts'

// For the processes that run the tests, and those that these start.
Object.assign(process.env, COMPILE_CACHE)

const POSTGRES_TESTS = '**/*.postgres.test.ts'
const REDIS_TESTS = '**/*.redis.test.ts'
const NOT_OURS = ['**/node_modules/**', '**/dist/**']

/**
 * Tests run on the TypeScript sources of every workspace, so no build is needed and none can be stale. Naming conditions
 * replaces Vite's own, so those of a server stand here too.
 */
const conditions = ['@muster/source', 'module', 'node', 'development|production']

/** Files of one worker share what they import: no test changes a module, and loading takes longer than most files. */
const isolate = false

/**
 * How long is waited for what does not come, once for all: no test says its own. Files run side by side with processes that others started, on machines
 * that do more than these tests; vitest itself waits a second for what is polled.
 */
const PATIENCE = {
  testTimeout: 300_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 60_000 } },
  setupFiles: fileURLToPath(new URL('test/services/src/patience.ts', import.meta.url)),
}

/** Projects whose files start processes, servers and browsers of their own, up to ten each: so many of these files at once as there are processors. */
const CROWDED = { maxWorkers: availableParallelism(), sequence: { groupOrder: 0 } }

/** The others wait for a database or for nothing: one more at once. */
const ALONE = { maxWorkers: availableParallelism() + 1, sequence: { groupOrder: 1 } }

/** Tests that open folders with embedded databases, also through servers that they start. */
const EMBEDDED = 'packages/adapters-pg/src/pglite/prepared-setup.test.support.ts'

/** The tests of folders that need no service, after what `globalSetup` does once for all of them. */
function unit(
  name: string,
  atOnce: typeof CROWDED,
  folders: readonly string[],
  ...globalSetup: string[]
): TestProjectInlineConfiguration {
  return {
    test: {
      ...PATIENCE,
      ...atOnce,
      name,
      isolate,
      include: folders.map((folder) => `${folder}/**/*.test.ts`),
      exclude: [POSTGRES_TESTS, REDIS_TESTS, ...NOT_OURS],
      globalSetup,
    },
  }
}

/** The projects in the order in which they run. */
const ORDER = ['redis', 'postgres', 'processes', 'console', 'adapters-pg', 'clients', 'unit']

/** Files that take long. Begun last in their project, these would run alone at its end. */
const LONGEST = [/packages.testing.src.simulation/, /examples.reference-server/, /test.chaos/]

/**
 * Each project once, its longest files first. A process that has loaded what one project needs, seconds of a processor, is of no use to the next, and
 * ends as soon as the next file is of another.
 */
class ProjectsInTurn extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const turnOf = ({ project }: TestSpecification): number => ORDER.indexOf(project.name)
    const rankOf = ({ moduleId }: TestSpecification): number => {
      const rank = LONGEST.findIndex((long) => long.test(moduleId))
      return rank < 0 ? LONGEST.length : rank
    }
    return (await super.sort(files)).sort((a, b) => turnOf(a) - turnOf(b) || rankOf(a) - rankOf(b))
  }
}

export default defineConfig({
  // Of the root, so that projects which extend it have one server, and each module is transformed once for all of them.
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    sequence: { sequencer: ProjectsInTurn },
    projects: [
      // One for all, so that what they share is loaded once in each process.
      unit('unit', ALONE, [
        'packages/{adapters-memory,adapters-otel,adapters-redis,client,core,formats,host,mcp,python}',
        'packages/{statistics,testing,threads,transport-http,transport-ws,webhooks}',
        'examples/{hosts,language-id,own-adapter}',
        'benchmarks',
      ]),
      unit(
        'adapters-pg',
        ALONE,
        ['packages/adapters-pg'],
        'packages/adapters-pg/src/pglite/pglite-template.test.support.ts',
      ),
      // The page as it is served, in a browser.
      unit('console', CROWDED, ['packages/console'], 'packages/console/tools/built.ts'),
      unit('processes', CROWDED, ['examples/{embedded,reference-server}', 'tools', 'test/chaos'], EMBEDDED),
      {
        // It would add its conditions to those of the root.
        extends: false,
        // With `module`, Node is given files of the clients that only a bundler can load.
        resolve: { conditions: ['@muster/source', 'node'] },
        ssr: { resolve: { conditions: ['@muster/source', 'node'] } },
        test: {
          ...PATIENCE,
          name: 'clients',
          isolate,
          ...ALONE,
          include: ['test/clients/**/*.test.ts'],
          exclude: NOT_OURS,
        },
      },
      {
        test: {
          ...PATIENCE,
          ...CROWDED,
          name: 'postgres',
          isolate,
          include: [POSTGRES_TESTS],
          exclude: NOT_OURS,
          globalSetup: 'test/services/src/postgres-setup.ts',
        },
      },
      {
        test: {
          ...PATIENCE,
          ...CROWDED,
          name: 'redis',
          isolate,
          include: [REDIS_TESTS],
          exclude: NOT_OURS,
          // A cluster stands on both.
          globalSetup: ['test/services/src/postgres-setup.ts', 'test/services/src/redis-setup.ts'],
        },
      },
    ],
  },
})
