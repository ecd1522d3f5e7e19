import { randomUUID } from 'node:crypto'
import type { ProjectId, Role, TaskId } from '@muster/core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { PAGE_NAMES, type PageName } from '../route/route.ts'
import { World } from './world.test.support.ts'

let world: World
let secret: ProjectId
let task: TaskId
beforeAll(async () => {
  world = await World.open()
  secret = await world.place({ name: 'Secret project', payloads: [{ text: 'secret words' }], people: [] })
  const [found] = (await world.muster.tasks.list(secret, {}, {})).items
  if (found === undefined) throw new Error('There is no task')
  task = found.taskId
})
afterAll(() => world?.close())

/** Pages that a role has not: they are answered as pages that there are not. */
const LACKS: Readonly<Partial<Record<Role, readonly PageName[]>>> = {
  annotator: [
    'results',
    'compare',
    'calibrate',
    'imports',
    'tasks',
    'people',
    'jobs',
    'limits',
    'usage',
    'system',
  ],
  manager: ['system'],
}

it.each(['annotator', 'manager'] as const)(
  'shows %s nothing of what is not theirs, whatever link they follow',
  async (role) => {
    const person = await world.person(`A ${role}`, role)
    const { page, context, faults } = await world.tab(await person.link())
    await page.locator('main').first().waitFor()
    const links = [...PAGE_NAMES, 'nowhere'].flatMap((name) => [
      `#/${name}`,
      `#/${name}?project=${secret}`,
      `#/${name}?project=${secret}&item=${task}`,
      `#/${name}?item=${task}`,
      `#/${name}?item=${randomUUID()}`,
      `#/${name}?item=${encodeURIComponent('"><img src=x>')}&project=no-id`,
    ])
    const seen: (readonly [link: string, what: string])[] = []
    for (const link of links) {
      await page.evaluate((hash) => {
        location.hash = hash
      }, link)
      // What it comes to: a heading, or an error in the place of the content.
      await page.locator('main:not([aria-busy]) :is(h1, [role="alert"])').first().waitFor()
      const text = await page.locator('body').innerText()
      const lacks = link.startsWith('#/nowhere') || LACKS[role]?.some((name) => link.startsWith(`#/${name}`))
      if (/secret/i.test(text)) seen.push([link, 'what is secret'])
      if (lacks && (await page.locator('h1').first().innerText()) !== 'There is nothing here')
        seen.push([link, text.slice(0, 200)])
    }
    expect(seen).toEqual([])
    expect(faults).toEqual([])
    await context.close()
  },
)

it('says the same of what is not there and of what is somebody else’s', async () => {
  const person = await world.person('Manja', 'manager')
  const { page, context } = await world.tab(await person.link())
  await page.locator('main').first().waitFor()
  const wordsAt = async (hash: string): Promise<string> => {
    await page.evaluate((to) => {
      location.hash = to
    }, hash)
    const main = page.locator('main:not([aria-busy])')
    await main.locator('[role="alert"], .message, h1').first().waitFor()
    await expect.poll(() => main.innerText()).toMatch(/there is (?:nothing|no)\b/i)
    // Ids of requests, and of what was asked for, differ.
    return (await main.innerText()).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|req-\w+/g, '…')
  }
  for (const [page, theirs] of [
    ['task', task],
    ['run', secret],
  ] as const)
    expect(await wordsAt(`#/${page}?item=${theirs}`)).toBe(await wordsAt(`#/${page}?item=${randomUUID()}`))
  await context.close()
})
