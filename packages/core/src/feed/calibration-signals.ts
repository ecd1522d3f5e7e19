import type { EndedLabels } from '../assignment/calibrated-tasks.ts'
import type { Clock, Logger } from '../environment.ts'
import type { CalibrationFrame } from '../evaluation/calibration.ts'
import { labelledOf } from '../evaluation/calibration-estimate.ts'
import type { CalibrationStore } from '../evaluation/calibration-store.ts'
import type { Broadcast } from '../events/broadcast.ts'
import { signalTopic } from '../events/signals.ts'
import { following, replacing } from '../following.ts'
import type { CalibrationId, ProjectId } from '../ids.ts'
import { Known } from '../known.ts'
import type { Persistence } from '../stores.ts'
import { Gathered } from './gathered.ts'

/** How often the labels of a calibration are told of, at most, in ms. */
export const CALIBRATION_MS = 500
/** Calibrations whose frames are kept between two signals: a frame may have a hundred thousand units. */
const MOST_FRAMES = 4

interface Deps {
  readonly broadcast: Broadcast
  readonly calibrations: Pick<CalibrationStore, 'find' | 'findFrame' | 'listLabels'>
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Broadcasts `calibration_progress` { calibrationId, labelled, waiting } once tasks of a calibration have ended, twice a second at most. It never holds up
 * the work: a signal that cannot be said is dropped.
 */
export class CalibrationSignals {
  readonly #deps: Deps
  readonly #gathered: Gathered<CalibrationId, ProjectId>
  /** The stratum of a unit never changes, only how likely it was drawn. */
  readonly #frames = new Known<CalibrationId, CalibrationFrame>(MOST_FRAMES)

  constructor(deps: Deps) {
    this.#deps = deps
    this.#gathered = new Gathered(deps, CALIBRATION_MS, (calibrationId, projectId) =>
      this.#tell(calibrationId, projectId),
    )
  }

  /** Labels have come, and are committed. */
  moved(ended: readonly EndedLabels[]): void {
    for (const { calibrationId, projectId } of ended) this.#gathered.note(calibrationId, () => projectId)
  }

  /** Says what is left to say, and no more. */
  close(): Promise<void> {
    return this.#gathered.close()
  }

  async #tell(calibrationId: CalibrationId, projectId: ProjectId): Promise<void> {
    const { broadcast, calibrations } = this.#deps
    const kept = await calibrations.find(calibrationId)
    const frame = this.#frames.get(calibrationId) ?? (await calibrations.findFrame(calibrationId))
    if (kept === undefined || frame === undefined) return
    this.#frames.set(calibrationId, frame)
    const labels = await calibrations.listLabels(calibrationId)
    const waiting = labels.filter(({ status }) => status === 'open').length
    const data = { calibrationId, labelled: labelledOf(kept, frame, labels), waiting }
    await broadcast.publish(signalTopic(projectId), { signals: [{ type: 'calibration_progress', data }] })
  }
}

/** `persistence`, telling `listener` of the labels that came in each transaction, once it has committed. */
export function tellingLabels(
  persistence: Persistence,
  listener: (ended: readonly EndedLabels[]) => void,
): Persistence {
  return following(persistence, () => {
    let came: EndedLabels[] = []
    return {
      through: (stores) => {
        came = []
        return { ...stores, calibrations: noting(stores.calibrations, came) }
      },
      committed: () => {
        if (came.length > 0) listener(came)
      },
    }
  })
}

function noting(calibrations: CalibrationStore, came: EndedLabels[]): CalibrationStore {
  return replacing(calibrations, {
    async endTasks(taskIds, status, outcome) {
      const ended = await calibrations.endTasks(taskIds, status, outcome)
      came.push(...ended)
      return ended
    },
  })
}
