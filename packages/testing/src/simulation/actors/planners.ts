import type { OverlapPolicy, ScheduleId } from '@muster/core/schedules'
import type { Muster } from '@muster/host'
import type { World } from '../world.ts'
import { JOB_TYPE } from '../world-setup.ts'

/** Schedules of one history, and ticks of one schedule, at most. */
const MOST_SCHEDULES = 2
const MOST_TICKS = 5

/** Managers who have work start by the clock, and then change their mind. */
export class Planners {
  readonly #world: World
  #added = 0

  constructor(world: World) {
    this.#world = world
  }

  act(): void {
    this.#world.chance.weighted<() => void>([
      [this.#added < MOST_SCHEDULES ? 4 : 0, () => this.#add()],
      [0.6, () => this.#onOne('pause schedule', ({ schedules }, id) => schedules.pause(id))],
      [1, () => this.#onOne('resume schedule', ({ schedules }, id) => schedules.resume(id))],
      [
        0.3,
        () => this.#onOne('change schedule', ({ schedules }, id) => schedules.change(id, { maxCatchUp: 2 })),
      ],
      [0.3, () => this.#onOne('fire schedule', ({ schedules }, id) => schedules.fire(id))],
      [0.1, () => this.#onOne('remove schedule', ({ schedules }, id) => schedules.remove(id))],
    ])()
  }

  #add(): void {
    const { chance, time } = this.#world
    const { process, muster } = this.#world.api()
    const projectId = this.#world.someProject()
    this.#added++
    const everySeconds = chance.between(1, 20)
    const anchor = new Date(time.now + chance.between(1, 5) * 1_000)
    const overlap: OverlapPolicy = chance.oneOf(['allow', 'skip', 'cancel'] as const) ?? 'skip'
    const schedule = {
      name: `schedule ${this.#added}`,
      when: { everySeconds, anchor },
      start: { job: { type: JOB_TYPE, payload: { of: { $: '/scheduleId' }, at: { $: '/tick' } } } },
      missed: chance.oneOf(['skip', 'one', 'all'] as const),
      maxCatchUp: 3,
      graceSeconds: chance.between(0, 60),
      overlap,
      jitterSeconds: chance.of(0.3) ? Math.floor(everySeconds / 2) : 0,
      endsAt: new Date(anchor.getTime() + (MOST_TICKS - 1) * everySeconds * 1_000),
    }
    this.#world.ask('add schedule', process, () => muster.schedules.add(projectId, schedule))
  }

  #onOne(name: string, act: (muster: Muster, scheduleId: ScheduleId) => Promise<unknown>): void {
    const scheduleId = this.#world.chance.oneOf([...this.#world.monitor.schedules.known])
    if (scheduleId === undefined) return
    const { process, muster } = this.#world.api()
    this.#world.ask(name, process, () => act(muster, scheduleId))
  }
}
