import { VirtualClock } from '@muster/testing'
import { describe, expect, it } from 'vitest'
import { signalTopic } from '../events/signals.ts'
import type { JobId, ProjectId, RunId } from '../ids.ts'
import type { JobCounts } from '../jobs/job-store.ts'
import type { ActiveJob } from '../jobs/worker-store.ts'
import type { Json } from '../json/json.ts'
import type { Run } from '../runs/run.ts'
import { freshTallies } from '../runs/run-progress.ts'
import { JobSignals, SIGNAL_MS } from './job-signals.ts'

const projectId = 'p1' as ProjectId
const job = (name: string) =>
  ({ jobId: name as JobId, projectId, runId: 'r1' as RunId, type: 'probe', attempt: 1 }) as ActiveJob

function setup() {
  const clock = new VirtualClock()
  const messages: { topic: string; message: { signals: { type: string; data: Json }[] } }[] = []
  const counts: JobCounts = { pending: 1, active: 2, completed: 3, failed: 4, cancelled: 5 }
  const signals = new JobSignals({
    broadcast: {
      publish: async (topic, message) => void messages.push({ topic, message: message as never }),
      subscribe: async () => async () => undefined,
    },
    jobs: { countByType: async () => new Map([['probe', counts]]) },
    runs: {
      findMany: async (ids) =>
        ids.map(
          (runId) =>
            ({
              runId,
              status: 'running',
              tallies: freshTallies(['m'], 4),
              escalation: null,
              ratePerSecond: 2,
            }) as Run,
        ),
    },
    clock,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  })
  return { clock, messages, signals, counts }
}

describe('Signals of jobs', () => {
  it('tell the latest of each job, and where its run and queue stand, a few times a second', async () => {
    const { clock, messages, signals, counts } = setup()
    signals.began([job('a'), job('b')])
    signals.stepped([{ job: job('b'), step: { name: 'load', index: 1, total: 2 }, progress: 10 }])
    signals.stepped([{ job: job('b'), step: { name: 'ask', index: 2, total: 2 }, progress: 60 }])
    signals.settled([
      { job: job('a'), outcome: { kind: 'completed', jobId: 'a' as JobId, start: 1, result: 'secret' } },
    ])
    await clock.advance(SIGNAL_MS)
    expect(messages).toHaveLength(1)
    expect(messages[0]?.topic).toBe(signalTopic(projectId))
    expect(messages[0]?.message.signals).toMatchObject([
      { type: 'job_completed', data: { itemId: 'a', runId: 'r1', type: 'probe', attempt: 1 } },
      { type: 'job_started', data: { itemId: 'b' } },
      {
        type: 'step_progress',
        data: { itemId: 'b', step: { name: 'ask', index: 2, total: 2 }, progress: 60 },
      },
      { type: 'run_progress', data: { runId: 'r1', total: 4, percentComplete: 0, etaSeconds: 2 } },
      { type: 'queue_count_changed', data: { counts } },
    ])
    expect(JSON.stringify(messages)).not.toContain('secret')
    await clock.advance(10 * SIGNAL_MS)
    expect(messages).toHaveLength(1)
  })

  it('name no more jobs than anybody could follow', async () => {
    const { clock, messages, signals } = setup()
    signals.began(Array.from({ length: 5_000 }, (_, index) => job(`j${index}`)))
    await clock.advance(SIGNAL_MS)
    expect(messages[0]?.message.signals.length).toBeLessThan(110)
  })
})
