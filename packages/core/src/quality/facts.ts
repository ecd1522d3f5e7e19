import { fact, type NewFact } from '../events/event.ts'
import type { UserId } from '../ids.ts'
import type { Watch } from './watch.ts'

/** Says that somebody is given nothing from now on, to them and the managers. */
export function personPaused({ projectId, userId, paused }: Watch): NewFact {
  const { reason = 'manager', by = null } = paused ?? {}
  return fact(projectId, 'person_paused', { userId, projectId, reason, by }, [userId])
}

/** Says that somebody is given work again, to them and the managers. */
export function personResumed({ projectId, userId }: Watch, by: UserId | null): NewFact {
  return fact(projectId, 'person_resumed', { userId, projectId, by }, [userId])
}
