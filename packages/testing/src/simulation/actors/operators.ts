import type { DefinitionId, JobId, Json, ProjectId, RunId } from '@muster/core'
import { NEEDS, ON_FAILURES } from '@muster/core/making'
import { LINK_WHENS } from '@muster/core/runs'
import type { Muster } from '@muster/host'
import type { Behind } from '../rules/flow-rules.ts'
import type { World } from '../world.ts'
import { JOB_TYPE } from '../world-setup.ts'
import { KEYS } from './limiters.ts'

/** No more open jobs than that before new ones are made, and no more runs and loose items in all. */
const MOST_OPEN = 5
const MOST_RUNS = 8
const MOST_LOOSE = 16

/** Whoever makes work for machines, and then changes their mind. */
export class Operators {
  readonly #world: World
  readonly #definitions = new Map<ProjectId, DefinitionId>()
  #runs = 0
  #loose = 0

  constructor(world: World) {
    this.#world = world
  }

  act(): void {
    const { chance } = this.#world
    const jobs = [...this.#world.monitor.jobs.jobs.values()]
    const more = jobs.filter(({ state }) => state === 'pending' || state === 'active').length < MOST_OPEN
    chance.weighted<() => void>([
      [more && this.#runs < MOST_RUNS ? 3 : 0, () => this.#start()],
      [more && this.#loose < MOST_LOOSE ? 3 : 0, () => this.#add()],
      [this.#world.parts.flows && this.#runs < MOST_RUNS ? 0.7 : 0, () => this.#startAfter()],
      [1, () => this.#onRun('pause run', ({ runs }, id) => runs.pause(id))],
      [1.5, () => this.#onRun('resume run', ({ runs }, id) => runs.resume(id))],
      [0.3, () => this.#onRun('cancel run', ({ runs }, id) => runs.cancel(id))],
      [0.7, () => this.#onRun('retry failed', ({ runs }, id) => runs.retryFailed(id))],
      [0.7, () => this.#onItem('cancel item', ({ queue }, project, id) => queue.cancel(project, id))],
      [
        this.#world.parts.flows ? 0.4 : 0,
        () =>
          this.#onItem('cancel flow', ({ queue }, project, id) => queue.cancel(project, id, { flow: true })),
      ],
      [0.5, () => this.#onItem('retry item', ({ queue }, project, id) => queue.retry(project, id))],
      [
        0.7,
        () =>
          this.#onItem('item priority', ({ queue }, project, id) =>
            queue.setPriority(project, id, chance.between(0, 9)),
          ),
      ],
      [0.15, () => this.#clear()],
      [0.4, () => this.#pause()],
    ])()
  }

  /** Lets everything go on that was stopped. */
  async resumeAll(muster: Muster): Promise<void> {
    await muster.system.resume()
    for (const projectId of this.#world.cast.projects.keys()) await muster.queue.resume(projectId)
    for (const { runId, status } of this.#world.monitor.jobs.runs.values()) {
      if (status === 'paused') await muster.runs.resume(runId)
    }
    if (this.#world.parts.limits) for (const key of KEYS) await muster.limits.put(key, {})
  }

  /** People come to answer no longer. */
  endQuestions(): void {
    for (const taskId of this.#world.monitor.sleepers.open) {
      const { process, muster } = this.#world.api()
      this.#world.ask('end question', process, () => muster.tasks.cancel(taskId))
    }
  }

  #start(): void {
    const { chance } = this.#world
    const { process, muster } = this.#world.api()
    const projectId = this.#world.someProject()
    this.#runs++
    const models = chance.of(0.5) ? ['a'] : ['a', 'b']
    const scenarios = Array.from({ length: chance.between(1, 3) }, (_, n) => ({
      payload: { n, ...this.#cost() },
    }))
    const idempotencyKey = `run ${this.#runs}`
    this.#world.ask('start run', process, async () => {
      let definitionId = this.#definitions.get(projectId)
      if (definitionId === undefined) {
        const made = await muster.definitions.add(projectId, { name: 'd', jobType: JOB_TYPE, scenarios })
        definitionId = made.definitionId
        this.#definitions.set(projectId, definitionId)
      }
      const priority = chance.oneOf(['low', 'normal', 'high'] as const)
      await muster.runs.start(projectId, { definitionId, models, priority }, { idempotencyKey })
    })
  }

  /** A run that starts after one of the others. */
  #startAfter(): void {
    const { chance, monitor } = this.#world
    const before = chance.oneOf([...monitor.jobs.runs.values()])
    if (before === undefined) return
    const { process, muster } = this.#world.api()
    this.#runs++
    const models = chance.of(0.5) ? ['a'] : ['a', 'b']
    const idempotencyKey = `run ${this.#runs}`
    const when = chance.oneOf(LINK_WHENS) ?? 'completed'
    const request = { models, priority: 'normal', after: { runId: before.runId, when } } as const
    this.#world.ask('start run after', process, () =>
      muster.runs.start(before.projectId, request, { idempotencyKey }),
    )
  }

  #add(): void {
    const { chance } = this.#world
    const { process, muster } = this.#world.api()
    this.#loose++
    const projectId = this.#world.someProject()
    const behind = this.#behind(projectId)
    const delaySeconds = behind === undefined && chance.of(0.2) ? chance.between(1, 5) : 0
    const payload = { ...this.#needs(), ...(behind && { behind }) }
    const after = behind && { after: behind }
    this.#world.ask(behind ? 'add behind' : 'add item', process, () =>
      muster.queue.add(
        projectId,
        { type: JOB_TYPE, payload, priority: chance.between(0, 9), delaySeconds, ...after },
        null,
      ),
    )
  }

  /** The jobs of the project that a new one waits for, and how. */
  #behind(projectId: ProjectId): Behind | undefined {
    const { chance, parts, monitor } = this.#world
    if (!parts.flows || chance.of(0.4)) return undefined
    const known = [...monitor.jobs.jobs.values()].filter((job) => job.projectId === projectId)
    const drawn = Array.from({ length: chance.between(1, 3) }, () => chance.oneOf(known)?.jobId)
    const jobs = [...new Set(drawn.filter((jobId) => jobId !== undefined))]
    if (jobs.length === 0) return undefined
    return {
      jobs,
      need: chance.oneOf(NEEDS) ?? 'completed',
      onFailure: chance.oneOf(ON_FAILURES) ?? 'fail',
    }
  }

  /** The keys that a new job needs, the questions that it asks, and what it is thought to cost. */
  #needs(): { [need: string]: Json } {
    const { chance, parts } = this.#world
    return {
      ...(parts.limits && chance.of(0.8) && { keys: KEYS.filter(() => chance.of(0.5)) }),
      ...(parts.sleepers && chance.of(0.6) && { questions: chance.between(1, 2) }),
      ...this.#cost(),
    }
  }

  #cost(): { costs?: number } {
    const { chance, parts } = this.#world
    return parts.budgets && chance.of(0.8) ? { costs: chance.between(1, 4) * 1_000 } : {}
  }

  #clear(): void {
    const { process, muster } = this.#world.api()
    this.#world.ask('clear', process, () => muster.queue.clear(this.#world.someProject()))
  }

  #pause(): void {
    const { process, muster } = this.#world.api()
    const projectId = this.#world.someProject()
    const pauses = this.#world.chance.of(0.5)
    this.#world.ask(pauses ? 'pause' : 'resume', process, () =>
      pauses ? muster.queue.pause(projectId) : muster.queue.resume(projectId),
    )
  }

  #onRun(name: string, act: (muster: Muster, runId: RunId) => Promise<unknown>): void {
    const runId = this.#world.chance.oneOf([...this.#world.monitor.jobs.runs.keys()])
    if (runId === undefined) return
    const { process, muster } = this.#world.api()
    this.#world.ask(name, process, () => act(muster, runId))
  }

  #onItem(name: string, act: (muster: Muster, projectId: ProjectId, jobId: JobId) => Promise<unknown>): void {
    const jobs = [...this.#world.monitor.jobs.jobs.values()]
    const failed = jobs.filter(({ state }) => state === 'failed')
    const job = this.#world.chance.oneOf(name === 'retry item' && failed.length > 0 ? failed : jobs)
    if (job === undefined) return
    const { process, muster } = this.#world.api()
    this.#world.ask(name, process, () => act(muster, job.projectId, job.jobId))
  }
}
