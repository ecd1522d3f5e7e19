import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { UnauthorizedError } from '@muster/core'
import { coreModule, createMuster, type Muster } from '@muster/host'
import { attachMusterWs } from '@muster/transport-ws'
import { MusterClient } from '@muster/transport-ws/client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { jobTypes } from '../job-types.ts'
import { withOwnToken } from '../own-token.ts'
import { every } from './once.ts'
import { setStage } from './project.ts'
import type { Screen } from './screen.ts'
import { tellStory } from './story.ts'

const SAMPLES = { udhr: 3, ui: 5 }
let whole: ReturnType<typeof endOf> | undefined
/** The end of the story where nothing comes between. */
const undisturbed = (): ReturnType<typeof endOf> => (whole ??= working().then(endOf))

describe('tellStory', () => {
  it('evaluates, lets people settle what the machines could not, and shows the result', async () => {
    const place = await working()
    const shown = await told(place)
    expect(shown).toMatch(
      /UDHR language id: 3 % of \d+ scenarios with seed 42 are \d+; with 4 models that makes \d+ jobs/,
    )
    for (const part of [
      'UDHR phrase',
      'UI strings phrase',
      'drop',
      'performance_weighted',
      '/docs',
      'results.ndjson',
    ]) {
      expect(shown).toContain(part)
    }
    const { muster } = place
    const { projectId } = (await setStage(muster)).project
    const results = await Array.fromAsync(muster.tasks.results(projectId))
    expect(results.length).toBeGreaterThan(0)
    for (const { submissions } of results) {
      const annotators = submissions.filter(({ stepId }) => stepId === 'annotate').map(({ userId }) => userId)
      const others = submissions.filter(({ stepId }) => stepId !== 'annotate').map(({ userId }) => userId)
      expect(others.length).toBeGreaterThan(0)
      expect(annotators.some((annotator) => others.includes(annotator))).toBe(false)
    }
  })

  it('told again, makes nothing twice and shows the same', async () => {
    const place = await working()
    const first = await told(place)
    const before = await madeIn(place.muster)
    const second = await told(place)
    expect(await madeIn(place.muster)).toEqual(before)
    expect(tablesOf(second)).toBe(tablesOf(first))
  })

  it.each([/goes on|makes \d+ jobs/, /split on/, /UI strings: \d+ of/])(
    'interrupted after it said %s, it goes on and comes to the same end',
    async (words) => {
      const place = await working()
      const stop = new AbortController()
      const interrupted = told(place, {
        stop: stop.signal,
        say: (line) => void (words.test(line) && stop.abort()),
      })
      await expect(interrupted).rejects.toThrow('aborted')
      expect(await endOf(place)).toEqual(await undisturbed())
    },
  )
})

/**
 * What is the same at the end of every telling: what the models said, and which scenarios went to people. Who of the people does which task depends on the
 * order in which scenarios were ready.
 */
async function endOf(place: Place) {
  const tables = tablesOf(await told(place))
  const { muster } = place
  const { projectId } = (await setStage(muster)).project
  const sent: string[] = []
  for await (const { runId } of every((request) => muster.runs.list(projectId, request))) {
    const escalated = every((request) => muster.runs.escalations(runId, { state: ['escalated'] }, request))
    for await (const { scenarioId } of escalated) sent.push(scenarioId)
  }
  return { models: tables.slice(0, tables.indexOf('What the people did')), sent: sent.toSorted() }
}

/** Somewhere to tell the story: Muster in memory, at work and live. */
interface Place {
  readonly muster: Muster
  readonly live: MusterClient
}

async function working(): Promise<Place> {
  const muster = await createMuster({ modules: [coreModule({ jobTypes })] })
  const { authenticator, ownToken: token } = withOwnToken({
    authenticate: () => Promise.reject(new UnauthorizedError('Nobody else comes here')),
  })
  const server = createServer()
  const ws = attachMusterWs(server, { muster, authenticator })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const live = new MusterClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { token })
  onTestFinished(async () => {
    live.close()
    await ws.close()
    server.close()
    await muster.close()
  })
  await muster.work()
  await muster.schedule()
  return { muster, live }
}

/** All that the story says. */
async function told(
  { muster, live }: Place,
  { stop = new AbortController().signal, say }: { stop?: AbortSignal; say?: (line: string) => void } = {},
): Promise<string> {
  const lines: string[] = []
  const screen: Screen = {
    live: false,
    say(...said) {
      lines.push(...said)
      for (const line of said) say?.(line)
    },
    draw() {},
    settle() {},
  }
  await tellStory({
    muster,
    live,
    screen,
    stop,
    origin: 'http://127.0.0.1:3000',
    pace: null,
    printTokens: undefined,
    samples: SAMPLES,
  })
  return lines.join('\n')
}

/** The tables alone: ids and how far the runs were at each look differ. */
function tablesOf(shown: string): string {
  return shown.slice(shown.indexOf('How often the models were right'), shown.indexOf('Look around'))
}

async function madeIn(muster: Muster) {
  const { projectId } = (await setStage(muster)).project
  const count = async (items: AsyncIterable<unknown>): Promise<number> =>
    (await Array.fromAsync(items)).length
  return {
    people: await count(every((request) => muster.people.list(request))),
    definitions: await count(every((request) => muster.definitions.list(projectId, request))),
    runs: await count(every((request) => muster.runs.list(projectId, request))),
    tasks: await count(every((request) => muster.tasks.list(projectId, {}, request))),
    jobs: (await muster.queue.status(projectId, {})).counts,
  }
}
