import { entriesOf, publishedPackages } from './pack.ts'

/** The suites register themselves with vitest, so a program cannot import them. */
const IN_VITEST_ALONE = '@muster/testing/suites'

const entries = publishedPackages().flatMap(({ manifest }) => entriesOf(manifest))
const inPrograms = entries.filter((entry) => entry !== IN_VITEST_ALONE)

/** Uses Muster in memory, over HTTP and over sockets, and prints `HELLO`. */
const BODY = `
  const shout = jobType({
    name: 'shout',
    payload: z.object({ text: z.string() }),
    handler: ({ payload }) => payload.text.toUpperCase(),
  })
  const muster = await createMuster({ modules: [coreModule({ jobTypes: [shout] })] })
  const { projectId } = await muster.projects.add({ name: 'Greetings' })
  const { definitionId } = await muster.definitions.add(projectId, {
    name: 'greetings',
    jobType: 'shout',
    scenarios: [{ payload: { text: 'hello' } }],
  })
  const { runId } = await muster.runs.start(projectId, { definitionId, models: ['ann'] })
  await muster.work()
  while ((await muster.runs.get(runId)).status !== 'completed') await muster.clock.wait(10)
  const app = Fastify()
  const authenticator = jwtAuthenticator({ secret: 'a secret of more than thirty-two characters' })
  await app.register(musterHttp, { muster, authenticator })
  const live = attachMusterWs(app.server, { muster, authenticator })
  const { statusCode } = await app.inject('/graphql?query={__typename}')
  if (statusCode !== 401) throw new Error('GraphQL answered ' + statusCode)
  for await (const { result } of muster.runs.results(runId)) console.log(result)
  await live.close()
  await app.close()
  await muster.close()
`

const NAMES: readonly (readonly [string, string])[] = [
  ['{ jobType }', '@muster/core'],
  ['{ coreModule, createMuster }', '@muster/host'],
  ['{ jwtAuthenticator, musterHttp }', '@muster/transport-http'],
  ['{ attachMusterWs }', '@muster/transport-ws'],
  ['{ z }', 'zod'],
]

const imports = NAMES.map(([names, from]) => `import ${names} from '${from}'`).join('\n')
const requires = NAMES.map(([names, from]) => `const ${names} = require('${from}')`).join('\n')

/** A program of ES modules that imports every entry. */
export const esModule: string = `
import Fastify from 'fastify'
${imports}
${inPrograms.map((entry) => `import '${entry}'`).join('\n')}
async function main() {${BODY}}
await main()
`

/** The same in CommonJS. */
export const commonJs: string = `
const Fastify = require('fastify')
${requires}
for (const entry of ${JSON.stringify(inPrograms)}) require(entry)
async function main() {${BODY}}
main()
`

/** The same in an ES module without what bundlers leave out or cannot read. */
export const bundled: string = `
import Fastify from 'fastify'
${imports}
async function main() {${BODY}}
main()
`

/** The same in TypeScript, with the types of every entry. */
export const typed: string = `
import Fastify from 'fastify'
${imports}
${entries.map((entry, index) => `import type * as entry${index} from '${entry}'`).join('\n')}
export type Entries = [${entries.map((_, index) => `keyof typeof entry${index}`).join(', ')}]
export async function main() {${BODY}}
`

/** How a host's TypeScript resolves packages. */
export const RESOLUTIONS = ['nodenext', 'bundler'] as const

/** Compiler options of a host that checks everything, libraries too. */
export function tsconfig(resolution: (typeof RESOLUTIONS)[number]): string {
  const module = resolution === 'nodenext' ? 'nodenext' : 'esnext'
  return JSON.stringify({
    compilerOptions: {
      target: 'es2024',
      lib: ['es2024'],
      module,
      moduleResolution: resolution,
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      noEmit: true,
    },
    files: ['host.ts'],
  })
}

/** The lines of a compiler's answer that are of the host or of Muster; what others declare is theirs. */
export function ourErrors(answer: string): string[] {
  return answer
    .split('\n')
    .filter((line) => /error TS\d+/.test(line))
    .filter((line) => /^error|^host\.ts|@muster\//.test(line))
}

/** A test that holds what a host might have to the suites. */
export const suites: string = `
import { SeededRandom, SequentialIds } from '@muster/testing'
import { idsContract, randomContract } from '@muster/testing/suites'
randomContract('SeededRandom', () => new SeededRandom(1))
idsContract('SequentialIds', () => new SequentialIds(14))
`
