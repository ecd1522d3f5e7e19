import { MemoryBroadcast } from '@muster/adapters-memory'
import { VirtualClock } from '@muster/testing'
import { describe, expect, it } from 'vitest'
import { signalTopic } from '../events/signals.ts'
import type { ProjectId, UserId } from '../ids.ts'
import type { Json } from '../json/json.ts'
import type { Principal } from '../people/person.ts'
import type { Counters } from '../quality/counters.ts'
import { AgreementSignals } from './agreement-signals.ts'
import { carriesSignal } from './channel.ts'

const projectId = '0190a0c0-0000-7000-8000-000000000001' as ProjectId
const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

function counted(question: string): Counters {
  const rater = { projectId, stepId: 'label', formId: null, question, skill: null, userId: 'u' as UserId }
  return { compositions: [], pairs: [], shares: [], raters: [{ ...rater, answers: 1, compared: 1 }] }
}

describe('the signals of agreement', () => {
  it('name each question once, however often it was answered, a few times a second', async () => {
    const [clock, broadcast] = [new VirtualClock(), new MemoryBroadcast()]
    const heard: Json[] = []
    await broadcast.subscribe(signalTopic(projectId), (message) => void heard.push(message))
    const signals = new AgreementSignals({ broadcast, clock, logger })
    for (const question of ['label', 'other', 'label', 'label']) signals.moved(counted(question))
    await clock.advance(250)
    await signals.close()
    const updated = (question: string) => ({ type: 'agreement_updated', data: { stepId: 'label', question } })
    expect(heard).toEqual([{ signals: [updated('label'), updated('other')] }])
  })

  it('say what is left as they close, and nothing after', async () => {
    const [clock, broadcast] = [new VirtualClock(), new MemoryBroadcast()]
    const heard: Json[] = []
    await broadcast.subscribe(signalTopic(projectId), (message) => void heard.push(message))
    const signals = new AgreementSignals({ broadcast, clock, logger })
    signals.moved(counted('label'))
    await signals.close()
    signals.moved(counted('label'))
    await clock.advance(1_000)
    expect(heard).toHaveLength(1)
  })

  it('reach managers of the project alone', () => {
    const signal = {
      type: 'agreement_updated' as const,
      projectId,
      data: { stepId: 'label', question: 'label' },
    }
    const of = (role: Principal['role'], memberships: readonly ProjectId[] = [projectId]): boolean =>
      carriesSignal(
        { kind: 'project', projectId },
        { userId: 'u' as UserId, role, memberships: new Set(memberships) },
        signal,
        new Set(),
      )
    expect([of('annotator'), of('manager'), of('manager', []), of('admin', [])]).toEqual([
      false,
      true,
      false,
      true,
    ])
  })
})
