import { MemoryBroadcast } from '@muster/adapters-memory'
import { VirtualClock } from '@muster/testing'
import { describe, expect, it } from 'vitest'
import type { CalibrationFrame, CalibrationLabel, KeptCalibration } from '../evaluation/calibration.ts'
import { signalTopic } from '../events/signals.ts'
import type { CalibrationId, ProjectId, TaskId, UserId } from '../ids.ts'
import type { Json } from '../json/json.ts'
import type { Principal } from '../people/person.ts'
import { CALIBRATION_MS, CalibrationSignals } from './calibration-signals.ts'
import { carriesSignal } from './channel.ts'

const projectId = '0190a0c0-0000-7000-8000-000000000001' as ProjectId
const calibrationId = '0190a0c0-0000-7000-8000-000000000002' as CalibrationId
const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const frame: CalibrationFrame = {
  keys: ['s1', 's2', 's3'],
  scores: [
    [0, 1, 1],
    [1, 1, 0],
  ],
  strata: null,
  strataNames: [],
  clusters: null,
  pi: [1, 1, 1],
}
const kept = {
  calibrationId,
  projectId,
  models: ['a', 'b'],
  asked: { judge: { type: 'value', at: '/score' }, range: [0, 1], truth: { projectId, question: 'right' } },
  design: 'uniform',
  kind: 'share',
  seed: 7,
} as unknown as KeptCalibration

/** The labels of both models on all units, of which some are there. */
function labels(done: readonly (readonly [unit: number, model: number])[]): CalibrationLabel[] {
  return [0, 1, 2].flatMap((unit) =>
    [0, 1].map((model): CalibrationLabel => {
      const isDone = done.some(([u, m]) => u === unit && m === model)
      const taskId = `${unit} ${model}` as TaskId
      const status = isDone ? 'completed' : 'open'
      return { unit, model, repeat: 1, taskId, status, outcome: isDone ? { right: true } : null }
    }),
  )
}

async function world(now: { labels: CalibrationLabel[] }) {
  const [clock, broadcast] = [new VirtualClock(), new MemoryBroadcast()]
  const heard: Json[] = []
  await broadcast.subscribe(signalTopic(projectId), (message) => void heard.push(message))
  const asked = { frames: 0 }
  const calibrations = {
    find: async () => kept,
    findFrame: async () => {
      asked.frames += 1
      return frame
    },
    listLabels: async () => now.labels,
  }
  const signals = new CalibrationSignals({ broadcast, clock, logger, calibrations })
  return { clock, heard, signals, asked }
}

const moved = [{ calibrationId, projectId, waiting: 1 }]
const progress = (labelled: number, waiting: number) => ({
  signals: [{ type: 'calibration_progress', data: { calibrationId, labelled, waiting } }],
})

describe('the signals of calibrations', () => {
  it('say twice a second at most how many units are labelled for every model, and how many tasks wait', async () => {
    const now = { labels: labels([[0, 0]]) }
    const { clock, heard, signals, asked } = await world(now)
    for (let n = 0; n < 5; n++) signals.moved(moved)
    await clock.advance(CALIBRATION_MS - 1)
    expect(heard).toEqual([])
    await clock.advance(1)
    expect(heard).toEqual([progress(0, 5)])
    now.labels = labels([0, 1, 2].flatMap((unit) => [[unit, 0] as const, [unit, 1] as const]))
    signals.moved(moved)
    await clock.advance(CALIBRATION_MS)
    await signals.close()
    expect(heard).toEqual([progress(0, 5), progress(3, 0)])
    expect(asked.frames).toBe(1)
  })

  it('say what is left as they close, and nothing after', async () => {
    const { clock, heard, signals } = await world({ labels: labels([]) })
    signals.moved(moved)
    await signals.close()
    signals.moved(moved)
    await clock.advance(4 * CALIBRATION_MS)
    expect(heard).toEqual([progress(0, 6)])
  })

  it('reach managers of the project alone', () => {
    const signal = { type: 'calibration_progress' as const, projectId, data: { calibrationId } }
    const of = (role: Principal['role']): boolean =>
      carriesSignal(
        { kind: 'project', projectId },
        { userId: 'u' as UserId, role, memberships: new Set([projectId]) },
        signal,
        new Set(),
      )
    expect([of('annotator'), of('manager')]).toEqual([false, true])
  })
})
