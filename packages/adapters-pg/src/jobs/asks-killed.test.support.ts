import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type JobType, jobType } from '@muster/core'
import { createMuster, silentLogger } from '@muster/host'
import { COMPILE_CACHE } from '@muster/test-services'
import pg from 'pg'
import { pgModule } from '../pg-module.ts'

/** Where the process dies: before the outcome is recorded, amid the transaction that does it, or once that is committed. */
export type Death = 'before' | 'amid' | 'behind'

const text: JobType<string, unknown, string>['payload'] = {
  '~standard': { version: 1, vendor: 'muster', validate: (value) => ({ value: value as string }) },
}

/** Its handler asks, and says what it was told. */
export const asking = jobType({
  name: 'asking',
  payload: text,
  leaseSeconds: 2,
  handler: async ({ payload }, { ask }) => (await ask('verdict', { payload: { text: payload } })).answer,
})

/** A process that works on jobs of {@link asking} until it dies, as by kill -9. Gives the signal that ended it. */
export async function workUntilDeath(connectionString: string, death: Death): Promise<NodeJS.Signals | null> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--conditions=@muster/source', fileURLToPath(import.meta.url), connectionString, death],
    { env: { ...process.env, ...COMPILE_CACHE }, stdio: ['ignore', 'inherit', 'inherit'] },
  )
  const [, signal] = await once(child, 'exit')
  return signal as NodeJS.Signals | null
}

/** Lets this process die at that point of the first transaction in which a job falls asleep. */
function dieAt(death: Death): void {
  const { prototype } = pg.Client as unknown as { prototype: { query: (...args: unknown[]) => unknown } }
  const query = prototype.query
  const die = (): void => void process.kill(process.pid, 'SIGKILL')
  // Other connections commit as well.
  const asked = new WeakSet<object>()
  prototype.query = function queryOrDie(this: object, ...args: unknown[]): unknown {
    const [given] = args
    const text = typeof given === 'string' ? given : (given as { readonly text: string }).text
    if (death === 'before' && text.includes('job_settle')) die()
    if (death === 'amid' && text.includes('asks_open')) die()
    if (text.includes('asks_open')) asked.add(this)
    const answer = query.apply(this, args)
    if (death === 'behind' && asked.has(this) && text === 'commit')
      void (answer as Promise<unknown>).then(die)
    return answer
  }
}

const [, , connectionString, death] = process.argv
if (import.meta.main && connectionString !== undefined) {
  dieAt(death as Death)
  const muster = await createMuster({
    jobTypes: [asking],
    modules: [pgModule({ connectionString, poolSize: 4 })],
    logger: silentLogger,
  })
  await muster.work()
}
