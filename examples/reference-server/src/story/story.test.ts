import type { Muster } from '@muster/core'
import { coreModule, createMuster } from '@muster/core/container'
import { describe, expect, it, onTestFinished } from 'vitest'
import { jobTypes } from '../job-types.ts'
import { every } from './once.ts'
import { setStage } from './project.ts'
import type { Screen } from './screen.ts'
import { tellStory } from './story.ts'

const SAMPLES = { udhr: 3, ui: 5 }
const TIMEOUT_MS = 60_000

describe('tellStory', { timeout: TIMEOUT_MS }, () => {
  it('evaluates, lets people settle what the machines could not, and shows the result', async () => {
    const muster = await working()
    const shown = await told(muster)
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
    const muster = await working()
    const first = await told(muster)
    const before = await madeIn(muster)
    const second = await told(muster)
    expect(await madeIn(muster)).toEqual(before)
    expect(tablesOf(second)).toBe(tablesOf(first))
  })

  it.each([/goes on|makes \d+ jobs/, /split on/, /UI strings: \d+ of/])(
    'interrupted after it said %s, it goes on and comes to the same end',
    async (words) => {
      const undisturbed = tablesOf(await told(await working()))
      const muster = await working()
      const stop = new AbortController()
      const interrupted = told(muster, {
        stop: stop.signal,
        say: (line) => void (words.test(line) && stop.abort()),
      })
      await expect(interrupted).rejects.toThrow('aborted')
      expect(tablesOf(await told(muster))).toBe(undisturbed)
    },
  )
})

/** Muster in memory, at work. */
async function working(): Promise<Muster> {
  const muster = await createMuster({ modules: [coreModule({ jobTypes })] })
  onTestFinished(() => muster.close())
  await muster.work()
  await muster.schedule()
  return muster
}

/** All that the story says. */
async function told(
  muster: Muster,
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
