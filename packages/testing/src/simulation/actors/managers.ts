import type { TaskId, UserId } from '@muster/core'
import { isLive } from '@muster/core/rules'
import type { Muster } from '@muster/host'
import type { World } from '../world.ts'
import { STRATEGIES } from '../world-setup.ts'

/** No more open tasks than that at one time, nor more in all. */
const MOST_OPEN = 4
const MOST_TASKS = 16

type Act = readonly [weight: number, act: () => void]

/** Whoever sees to it that people have work: adds it, gives it out, moves it, takes it back, stops it for a while. */
export class Managers {
  readonly #world: World
  #added = 0

  constructor(world: World) {
    this.#world = world
  }

  act(): void {
    const { chance } = this.#world
    if (this.#added === 0) this.#add()
    else
      chance.weighted<() => void>([
        ...this.#giving(),
        ...this.#changing(),
        [this.#mayAdd() ? 3 : 0, () => this.#add()],
        [4, () => this.#expire()],
        [1, () => this.#pause()],
        [0.3, () => this.#pausePerson()],
        [0.6, () => this.#resumePerson()],
        [0.5, () => this.#reopen()],
        [this.#world.cast.forms.length > 0 ? 0.4 : 0, () => this.#refit()],
      ])()
  }

  #giving(): Act[] {
    return [
      [3, () => this.#push(undefined)],
      [2, () => this.#push(this.#someone())],
      [0.5, () => this.#push(this.#someone(), { reason: 'nobody else knows' })],
      [2, () => this.#batch()],
      [3, () => this.#reassign()],
    ]
  }

  #changing(): Act[] {
    const { chance } = this.#world
    return [
      [0.4, () => this.#onTask('cancel', ({ tasks }, taskId) => tasks.cancel(taskId))],
      [
        1,
        () =>
          this.#onTask('priority', ({ tasks }, taskId) => tasks.setPriority(taskId, chance.between(0, 2))),
      ],
    ]
  }

  #mayAdd(): boolean {
    const works = [...this.#world.monitor.people.works.values()]
    const open = works.filter(({ task }) => task.status === 'open').length
    return open < MOST_OPEN && this.#added < MOST_TASKS
  }

  #add(): void {
    const { chance } = this.#world
    const { process, muster } = this.#world.api()
    const projectId = this.#world.someProject()
    const watched = this.#world.cast.projects.get(projectId)?.quality?.controls !== undefined
    const tasks = Array.from({ length: chance.between(1, 2) }, () => ({
      payload: { text: 'goede morgen' },
      priority: chance.between(0, 1),
      ...(chance.of(0.2) ? { gold: { label: 'nl' } } : {}),
      ...(watched && chance.of(0.4) ? { gold: { label: 'nl' }, purpose: 'control' as const } : {}),
    }))
    this.#added += tasks.length
    this.#world.ask('add', process, () => muster.tasks.add(projectId, tasks))
  }

  #push(userId: UserId | undefined, override?: { readonly reason: string }): void {
    const strategy = this.#world.chance.oneOf(STRATEGIES)
    const by = this.#world.cast.admin
    this.#onTask(override ? 'override' : 'push', ({ assignments }, taskId) =>
      assignments.assign({ taskId, userId, by, override, ...(userId ? {} : { strategy }) }),
    )
  }

  #batch(): void {
    const { process, muster } = this.#world.api()
    const projectId = this.#world.someProject()
    this.#world.ask('batch', process, async () => {
      const { assigned } = await muster.assignments.assignBatch({ projectId })
      if (assigned > 0) this.#world.count('assigned by batch')
    })
  }

  #reassign(): void {
    const { chance, cast, monitor } = this.#world
    const rows = [...monitor.people.works.values()].flatMap(({ assignments }) => assignments.filter(isLive))
    const row = chance.oneOf(rows)
    if (row === undefined) return
    const { process, muster } = this.#world.api()
    const userId = chance.of(0.4) ? this.#someone() : undefined
    this.#world.ask('reassign', process, () =>
      muster.assignments.reassign({
        assignmentId: row.assignmentId,
        by: cast.admin,
        userId,
        reason: 'balance',
        attempt: chance.of(0.5) ? row.attempt : undefined,
      }),
    )
  }

  #pausePerson(): void {
    const userId = this.#someone()
    if (userId === undefined) return
    const { process, muster } = this.#world.api()
    const projectId = this.#world.someProject()
    this.#world.ask('pause a person', process, () =>
      muster.quality.pause({ projectId, userId, reason: 'too fast' }),
    )
  }

  #resumePerson(): void {
    const userId = this.#someone()
    if (userId === undefined) return
    const { process, muster } = this.#world.api()
    const projectId = this.#world.someProject()
    this.#world.ask('resume a person', process, () =>
      muster.quality.resume({ projectId, userId, reason: 'we spoke' }),
    )
  }

  #reopen(): void {
    const rows = [...this.#world.monitor.people.works.values()].flatMap(({ assignments }) => assignments)
    const row = this.#world.chance.oneOf(rows.filter(({ status }) => status === 'submitted'))
    if (row === undefined) return
    const { userId, projectId } = row
    const { process, muster } = this.#world.api()
    const since = new Date(this.#world.time.now - 5 * 60_000)
    this.#world.ask('reopen', process, async () => {
      const { taskIds } = await muster.quality.reopen({ projectId, userId, since })
      if (taskIds.length > 0) this.#world.count('reopened')
    })
  }

  #refit(): void {
    const { process, muster } = this.#world.api()
    const projectId = this.#world.someProject()
    this.#world.ask('refit', process, () =>
      muster.quality.refit(projectId, { stepId: 'annotate', question: 'label' }),
    )
  }

  #expire(): void {
    const { process, muster } = this.#world.api()
    this.#world.ask('expire', process, () => muster.assignments.expireDue())
  }

  #pause(): void {
    const { chance } = this.#world
    const { process, muster } = this.#world.api()
    const projectId = this.#world.someProject()
    const [name, act] = chance.weighted<readonly [string, () => Promise<unknown>]>([
      [2, ['pause', () => muster.queue.pause(projectId)]],
      [3, ['resume', () => muster.queue.resume(projectId)]],
      [1, ['pause all', () => muster.system.pause()]],
      [2, ['resume all', () => muster.system.resume()]],
    ])
    this.#world.ask(name, process, act)
  }

  #onTask(name: string, act: (muster: Muster, taskId: TaskId) => Promise<unknown>): void {
    const taskId = this.#world.chance.oneOf([...this.#world.monitor.people.works.keys()])
    if (taskId === undefined) return
    const { process, muster } = this.#world.api()
    this.#world.ask(name, process, () => act(muster, taskId))
  }

  #someone(): UserId | undefined {
    return this.#world.chance.oneOf(this.#world.cast.people)?.userId
  }
}
