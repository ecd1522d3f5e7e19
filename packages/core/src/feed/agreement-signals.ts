import type { Clock, Logger } from '../environment.ts'
import type { Broadcast } from '../events/broadcast.ts'
import { signalTopic } from '../events/signals.ts'
import { following, replacing } from '../following.ts'
import type { ProjectId } from '../ids.ts'
import type { Json } from '../json/json.ts'
import type { Counters } from '../quality/counters.ts'
import type { QualityStore } from '../quality/quality-store.ts'
import type { Persistence } from '../stores.ts'
import { Gathered } from './gathered.ts'
import { SIGNAL_MS } from './job-signals.ts'

/** Questions of a project that are named between two broadcasts. */
const MOST_NAMED = 100

interface Deps {
  readonly broadcast: Broadcast
  readonly clock: Clock
  readonly logger: Logger
}

/** Broadcasts `agreement_updated` { stepId, question } once answers to it were counted, a few times a second at most. It never holds up the work: a signal that cannot be said is dropped. */
export class AgreementSignals {
  /** By project, then by step and question. */
  readonly #gathered: Gathered<ProjectId, Map<string, Json>>

  constructor(deps: Deps) {
    this.#gathered = new Gathered(deps, SIGNAL_MS, (projectId, named) => {
      const signals = [...named.values()].map((data) => ({ type: 'agreement_updated', data }))
      return deps.broadcast.publish(signalTopic(projectId), { signals })
    })
  }

  /** Counters have moved, and are committed. */
  moved({ raters }: Counters): void {
    for (const { projectId, stepId, question } of raters) {
      this.#gathered.note(projectId, (named = new Map()) =>
        named.size < MOST_NAMED ? named.set(`${stepId} ${question}`, { stepId, question }) : named,
      )
    }
  }

  /** Says what is left to say, and no more. */
  close(): Promise<void> {
    return this.#gathered.close()
  }
}

/** `persistence`, telling `listener` of the counters that each transaction moved, once it has committed. */
export function tellingCounts(persistence: Persistence, listener: (counters: Counters) => void): Persistence {
  return following(persistence, () => {
    let moved: Counters[] = []
    return {
      through: (stores) => {
        moved = []
        return { ...stores, quality: noting(stores.quality, moved) }
      },
      committed: () => {
        for (const counters of moved) listener(counters)
      },
    }
  })
}

function noting(quality: QualityStore, moved: Counters[]): QualityStore {
  return replacing(quality, {
    async count(taskId, added) {
      await quality.count(taskId, added)
      moved.push(added)
    },
  })
}
