import { fact, type NewFact } from '../events/event.ts'
import type { Watch } from './watch.ts'

/** Says that somebody is given nothing from now on, to them and the managers. */
export function personPaused({ projectId, userId, paused }: Watch): NewFact {
  return fact(projectId, 'person_paused', { userId, projectId, reason: paused?.reason ?? 'manager' }, [
    userId,
  ])
}

/** Says that somebody is given work again, to them and the managers. */
export function personResumed({ projectId, userId }: Watch): NewFact {
  return fact(projectId, 'person_resumed', { userId, projectId }, [userId])
}
