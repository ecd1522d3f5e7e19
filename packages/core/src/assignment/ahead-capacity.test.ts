import { SeededRandom } from '@muster/testing'
import { ANNOTATE, openEngine } from '@muster/testing/worlds'
import { expect, it } from 'vitest'
import type { User } from '../people/person.ts'
import type { Assignment } from './assignment.ts'

const PEOPLE = 10
const TASKS = 300
const BEAT_MS = 20_000

/** Somebody at a page: the item in sight, the one that is held, and when the page does something next. */
interface Desk {
  readonly person: User
  inSight: Assignment | undefined
  held: Assignment | undefined
  doneAt: number
  beatAt: number
}

/** Milliseconds until all tasks are done, by people of whom some close their page now and then, and some have it killed. */
async function lasts(ahead: boolean): Promise<number> {
  const world = await openEngine({ steps: [ANNOTATE], config: { cooldownMinutes: 15 } })
  const random = new SeededRandom(7)
  await world.addTasks(...Array.from({ length: TASKS }, () => ({})))
  const began = world.clock.now().getTime()
  const desks: Desk[] = []
  for (let nth = 0; nth < PEOPLE; nth++) {
    const person = await world.person(`Person ${nth}`)
    desks.push({ person, inSight: undefined, held: undefined, doneAt: began, beatAt: began })
  }
  const move = ({ person }: Desk, { assignmentId }: Assignment) => ({ assignmentId, by: world.by(person) })
  const claimed = async ({ person }: Desk, wish: object): Promise<Assignment | undefined> => {
    const claim = await world.engine.claimNext({ userId: person.userId, ...wish })
    return claim.kind === 'claimed' ? claim.assignment : undefined
  }
  let done = 0
  for (;;) {
    const desk = desks.reduce((first, other) =>
      Math.min(other.doneAt, other.beatAt) < Math.min(first.doneAt, first.beatAt) ? other : first,
    )
    const at = Math.min(desk.doneAt, desk.beatAt)
    await world.clock.advance(Math.max(0, at - world.clock.now().getTime()))
    const now = world.clock.now().getTime()
    desk.beatAt = now + BEAT_MS
    if (now < desk.doneAt) {
      if (desk.inSight) await world.engine.heartbeat(move(desk, desk.inSight))
      continue
    }
    if (desk.inSight) {
      await world.engine.submit({ ...move(desk, desk.inSight), result: { label: 'nl' } })
      desk.inSight = undefined
      done += 1
      if (done === TASKS) return now - began
      const fate = random.next()
      if (fate < 0.04) {
        if (desk.held && fate < 0.02) await world.engine.release(move(desk, desk.held))
        desk.held = undefined
        desk.doneAt = now + 60_000
        continue
      }
    }
    const next = desk.held ?? (await claimed(desk, {}))
    desk.held = undefined
    // Nothing is there: the page asks again.
    desk.doneAt = now + (next ? 20_000 + random.next() * 40_000 : 2_000)
    if (next === undefined) continue
    desk.inSight = await world.engine.start(move(desk, next))
    if (ahead) desk.held = await claimed(desk, { ahead: true })
  }
}

it('does at least nine tenths of the work of people who hold nothing ahead', async () => {
  const [without, held] = [await lasts(false), await lasts(true)]
  expect(without / held).toBeGreaterThanOrEqual(0.9)
})
