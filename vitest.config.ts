import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const POSTGRES_TESTS = '**/*.postgres.test.ts'
const REDIS_TESTS = '**/*.redis.test.ts'
const NOT_OURS = ['**/node_modules/**', '**/dist/**']

/**
 * Tests run on the TypeScript sources of every workspace, so no build is needed and none can be stale. Naming conditions
 * replaces Vite's own, so those of a server stand here too.
 */
const conditions = ['@muster/source', 'module', 'node', 'development|production']
const sources = { resolve: { conditions }, ssr: { resolve: { conditions } } }

/** Files of one worker share what they import: no test changes a module, and loading takes longer than most files. */
const isolate = false

/**
 * How long is waited for what does not come. Files run side by side with processes that others started, on machines that do more than these tests;
 * vitest itself waits a second for what is polled.
 */
const PATIENCE = {
  testTimeout: 120_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 30_000 } },
  setupFiles: fileURLToPath(new URL('test/services/src/patience.ts', import.meta.url)),
}

/** Tests that open folders with embedded databases, also through servers that they start. */
const EMBEDDED = 'packages/adapters-pg/src/pglite/prepared-setup.test.support.ts'

/** The tests of one folder that need no service, after what `globalSetup` does once for all of them. */
function unit(name: string, folder: string, ...globalSetup: string[]): TestProjectInlineConfiguration {
  return {
    ...sources,
    test: {
      ...PATIENCE,
      name,
      isolate,
      include: [`${folder}/**/*.test.ts`],
      exclude: [POSTGRES_TESTS, REDIS_TESTS, ...NOT_OURS],
      globalSetup,
    },
  }
}

/** Tests of a browser, which shares the processors with all others: what they poll for may take as long as what the page waits for. */
function patient(project: TestProjectInlineConfiguration): TestProjectInlineConfiguration {
  return {
    ...project,
    test: { ...project.test, testTimeout: 240_000, expect: { poll: { timeout: 60_000 } } },
  }
}

/** Much of the time tests wait for other processes: two more at once than there are processors. */
const maxWorkers = availableParallelism() + 2

/** Projects with files that take long, mostly by waiting for other processes. Begun last, these would run alone at the end. */
const LONGEST = ['testing', 'redis', 'postgres', 'reference-server', 'chaos', 'console']

/** Projects come one after another, since a process that has loaded one is of no use to the next: those with the longest files first. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ project }: TestSpecification): number => {
      const rank = LONGEST.indexOf(project.name)
      return rank < 0 ? LONGEST.length : rank
    }
    return (await super.sort(files)).sort((a, b) => rankOf(a) - rankOf(b))
  }
}

export default defineConfig({
  test: {
    maxWorkers,
    sequence: { sequencer: LongestFirst },
    projects: [
      unit('statistics', 'packages/statistics'),
      unit('formats', 'packages/formats'),
      unit('core', 'packages/core'),
      unit('adapters-memory', 'packages/adapters-memory'),
      unit('host', 'packages/host'),
      unit('python', 'packages/python'),
      unit('testing', 'packages/testing'),
      unit(
        'adapters-pg',
        'packages/adapters-pg',
        'packages/adapters-pg/src/pglite/pglite-template.test.support.ts',
      ),
      unit('adapters-redis', 'packages/adapters-redis'),
      unit('adapters-otel', 'packages/adapters-otel'),
      unit('threads', 'packages/threads'),
      unit('webhooks', 'packages/webhooks'),
      unit('transport-http', 'packages/transport-http'),
      // The page as it is served, in a browser.
      patient(unit('console', 'packages/console', 'packages/console/tools/built.ts')),
      unit('embedded', 'examples/embedded', EMBEDDED),
      unit('hosts', 'examples/hosts'),
      unit('transport-ws', 'packages/transport-ws'),
      unit('language-id', 'examples/language-id'),
      unit('own-adapter', 'examples/own-adapter'),
      unit('reference-server', 'examples/reference-server', EMBEDDED),
      unit('benchmarks', 'benchmarks'),
      unit('tools', 'tools', EMBEDDED),
      unit('chaos', 'test/chaos', EMBEDDED),
      {
        // With `module`, Node is given files of the clients that only a bundler can load.
        resolve: { conditions: ['@muster/source', 'node'] },
        ssr: { resolve: { conditions: ['@muster/source', 'node'] } },
        test: {
          ...PATIENCE,
          name: 'clients',
          isolate,
          include: ['test/clients/**/*.test.ts'],
          exclude: NOT_OURS,
        },
      },
      {
        ...sources,
        test: {
          ...PATIENCE,
          name: 'postgres',
          isolate,
          include: [POSTGRES_TESTS],
          exclude: NOT_OURS,
          globalSetup: 'test/services/src/postgres-setup.ts',
        },
      },
      {
        ...sources,
        test: {
          ...PATIENCE,
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
