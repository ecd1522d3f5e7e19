import type { TaskWork } from '../assignment/assignment.ts'
import type { TaskStore, WorkChange } from '../assignment/stores/task-store.ts'
import type { Clock, Logger } from '../environment.ts'
import type { Broadcast } from '../events/broadcast.ts'
import { hintTopic, openedHint } from '../events/signals.ts'
import { following, replacing } from '../following.ts'
import type { ProjectId, WorkflowId } from '../ids.ts'
import type { Persistence } from '../stores.ts'
import { purposeOf, type Slot } from '../workflow/task.ts'
import type { WorkflowStore } from '../workflow/workflow-store.ts'
import { OPENED_MS } from './opened-tasks.ts'

/** Places at a step that came to be free. */
export interface Opened {
  readonly projectId: ProjectId
  readonly workflowId: WorkflowId
  readonly stepId: string
  readonly count: number
}

interface Deps {
  readonly broadcast: Broadcast
  readonly workflows: Pick<WorkflowStore, 'find'>
  readonly clock: Clock
  readonly logger: Logger
}

/** Broadcasts how many places on tasks came to be free, at once and then once a second at most. It never holds up the work: what cannot be said is dropped. */
export class OpenedSignals {
  readonly #deps: Deps
  readonly #stop = new AbortController()
  /** By project, workflow and step. */
  #opened = new Map<string, Opened>()
  #loop: Promise<void> | undefined

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** They are free, and that is committed. */
  opened(places: readonly Opened[]): void {
    for (const place of places) {
      const key = `${place.projectId} ${place.workflowId} ${place.stepId}`
      const before = this.#opened.get(key)
      this.#opened.set(key, { ...place, count: place.count + (before?.count ?? 0) })
    }
    if (places.length > 0 && !this.#stop.signal.aborted) this.#loop ??= this.#run()
  }

  /** Says what is left to say, and no more. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#loop
  }

  async #run(): Promise<void> {
    while (this.#opened.size > 0) {
      const opened = [...this.#opened.values()]
      this.#opened = new Map()
      for (const [projectId, places] of Map.groupBy(opened, ({ projectId }) => projectId))
        await this.#say(projectId, places)
      await this.#deps.clock.wait(OPENED_MS, this.#stop.signal)
    }
    this.#loop = undefined
  }

  async #say(projectId: ProjectId, places: readonly Opened[]): Promise<void> {
    const { broadcast, workflows, logger } = this.#deps
    const counts: Record<string, number> = {}
    try {
      for (const { workflowId, stepId, count } of places) {
        const step = (await workflows.find(workflowId))?.steps.find((each) => each.stepId === stepId)
        if (step) counts[step.stepType] = (counts[step.stepType] ?? 0) + count
      }
      await broadcast.publish(hintTopic(projectId), openedHint(counts))
    } catch (error) {
      logger.debug({ err: error, projectId }, 'It could not be said that tasks are open')
    }
  }
}

/** `persistence`, telling `listener` of the places that each transaction has freed, once it has committed. */
export function tellingOpened(
  persistence: Persistence,
  listener: (opened: readonly Opened[]) => void,
): Persistence {
  return following(persistence, () => {
    let opened: Opened[] = []
    return {
      through: (stores) => {
        opened = []
        return { ...stores, tasks: noting(stores.tasks, opened) }
      },
      committed: () => {
        if (opened.length > 0) listener(opened)
      },
    }
  })
}

function noting(tasks: TaskStore, opened: Opened[]): TaskStore {
  return replacing(tasks, {
    async add(works: readonly TaskWork[]) {
      await tasks.add(works)
      for (const work of works) note(opened, work, work.slots.filter(isFree))
    },
    async saveWorks(changes: readonly WorkChange[]) {
      await tasks.saveWorks(changes)
      for (const { before, after } of changes) note(opened, after, freed(before.slots, after.slots))
    },
  })
}

function isFree({ state }: Slot): boolean {
  return state === 'free'
}

/** The slots that are free now and were not. */
function freed(before: readonly Slot[], after: readonly Slot[]): readonly Slot[] {
  return after.filter(
    (slot) =>
      isFree(slot) &&
      !before.some(
        (each) => each.slotNo === slot.slotNo && each.stepId === slot.stepId && each.state === 'free',
      ),
  )
}

function note(opened: Opened[], { task }: TaskWork, slots: readonly Slot[]): void {
  const { projectId, workflowId, currentStepId: stepId } = task
  const count = slots.filter((slot) => slot.stepId === stepId).length
  if (task.status !== 'open' || stepId === null || count === 0 || purposeOf(task) === 'control') return
  opened.push({ projectId, workflowId, stepId, count })
}
