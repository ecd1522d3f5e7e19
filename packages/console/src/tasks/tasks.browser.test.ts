import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  BROKEN,
  breakCalls,
  focusOn,
  headed,
  looksWellInAll,
  press,
  violations,
  World,
} from '../app/world.test.support.ts'

let world: World
beforeAll(async () => {
  world = await World.open()
  await world.muster.schedule()
})
afterAll(() => world?.close())

const COUNT = 240

it('finds what waits and why, and changes many tasks at once by keyboard alone', async () => {
  const { muster } = world
  const boss = await world.person('Boss', 'manager')
  const ann = await world.person('Ann')
  const projectId = await world.place({ name: 'Languages', payloads: [], people: [boss.userId, ann.userId] })
  const asking = [{ anyOf: ['da'], minLevel: 2 }]
  await muster.tasks.add(
    projectId,
    Array.from({ length: COUNT }, (_, nth) => ({
      payload: { text: `text ${nth}` },
      externalId: `t-${String(nth).padStart(3, '0')}`,
      ...(nth % 4 === 0 && { requiredSkills: asking }),
    })),
  )
  const claim = await muster.assignments.claimNext({ userId: ann.userId, projectId })
  if (claim.kind === 'nothing') throw new Error('nothing for Ann')
  const { assignmentId } = claim.assignment
  await muster.assignments.flag({ assignmentId, userId: ann.userId, comment: 'odd' })

  // Work opens first, and would claim something for somebody who is there.
  await muster.people.change(boss.userId, { status: 'away' })
  const { page, faults } = await world.tab(await boss.link())
  await page.goto(`${page.url().replace(/#.*$/, '')}#/tasks?project=${projectId}`)
  await headed(page, 'Tasks')
  const grid = page.getByRole('grid', { name: 'Tasks' })
  await grid.waitFor()
  await page.getByRole('link', { name: 'open 240' }).waitFor()
  expect(await page.locator('.virtual-row').count()).toBeLessThanOrEqual(60)
  await page.getByRole('link', { name: 'a skill is missing 60' }).waitFor()
  await looksWellInAll(page, 'tasks')

  // The bottleneck is a filter, by its link or as one types it.
  await page.keyboard.press('/')
  await page.keyboard.type('waits:missing')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect.poll(() => grid.getAttribute('aria-rowcount')).toBe('61')
  await page.keyboard.press('Escape')
  await focusOn(grid)
  await page.keyboard.press('j')
  expect(await page.locator('.virtual-row.at').innerText()).toContain('a skill is missing')
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Control+a')
  await page.getByText('60 selected').waitFor()
  await focusOn(page.getByRole('button', { name: 'Cancel…' }))
  await page.keyboard.press('Enter')
  const cancel = page.getByRole('button', { name: 'Cancel 60 tasks' })
  await cancel.waitFor()
  expect(await violations(page)).toEqual([])
  // What comes between the look and the deed is counted again by the server, and a few more are no other deed.
  await muster.tasks.add(projectId, [{ payload: {}, externalId: 'late', requiredSkills: asking }])
  await focusOn(cancel)
  await page.keyboard.press('Enter')
  await page.getByText(/^Done: 61 of 61/).waitFor()
  await page.keyboard.press('Escape')
  await page.getByText('No task matches').waitFor()
  await looksWellInAll(page, 'tasks-empty')
  expect((await muster.tasks.counts(projectId)).byStatus).toEqual({ open: 180, completed: 0, cancelled: 61 })
  await page.getByRole('button', { name: 'Clear the filters' }).press('Enter')
  await expect.poll(() => page.locator('.virtual-row').count()).toBeGreaterThan(5)

  // What is over cannot be changed: nothing of it is selected, and no deed is offered that would mean others.
  const selects = page.getByRole('dialog').getByText('Select the row')
  await page.getByRole('link', { name: /^cancelled/ }).press('Enter')
  await expect.poll(() => page.locator('.virtual-row').first().innerText()).toContain('cancelled')
  await focusOn(grid)
  await press(page, 'j', 'Control+a', 'Control+a', '?')
  await page.getByRole('dialog').getByText('Row below').waitFor()
  expect(await selects.count()).toBe(0)
  await page.keyboard.press('Escape')
  expect(await page.getByText(/ selected$/).count()).toBe(0)
  expect(await page.getByRole('button', { name: 'Cancel…' }).count()).toBe(0)

  // Some by name: a priority for those alone.
  await page.getByRole('link', { name: /^open/ }).press('Enter')
  await expect.poll(() => page.locator('.virtual-row').first().innerText()).not.toContain('cancelled')
  await focusOn(grid)
  await page.keyboard.press('?')
  await selects.waitFor()
  await page.keyboard.press('Escape')
  await focusOn(grid)
  await page.keyboard.press('j')
  await press(page, 'x', 'j', 'x')
  await page.getByText('2 selected').waitFor()
  await page.getByRole('button', { name: 'Priority…' }).press('Enter')
  await page.getByRole('spinbutton', { name: 'Priority' }).fill('9')
  await page.getByRole('button', { name: 'Set 2 to 9' }).press('Enter')
  await page.getByText(/^Done: 2 of 2/).waitFor()
  await page.keyboard.press('Escape')
  const { items } = await muster.tasks.list(projectId, {}, { limit: 200 })
  expect(items.filter(({ priority }) => priority === 9)).toHaveLength(2)

  // Everything else is given out in one decision, which says what was left.
  await focusOn(grid)
  await page.keyboard.press('a')
  await page.getByRole('button', { name: 'Assign all', exact: true }).press('Enter')
  await expect
    .poll(() => page.getByRole('dialog').innerText())
    .toMatch(/Given out: 9\b.*people are at their limit: 170\b/s)
  await page.keyboard.press('Escape')

  // A row that others change changes where it stands; Enter opens it, and back leads to the list as it was.
  const [first] = (await muster.tasks.list(projectId, { status: ['open'] }, { limit: 1 })).items
  await expect.poll(() => page.locator('.virtual-row', { hasText: first?.externalId ?? '' }).count()).toBe(1)
  await muster.tasks.cancel(first?.taskId as never)
  await expect.poll(() => page.locator('.virtual-row.dimmed').count()).toBe(1)
  await page.keyboard.press('/')
  await page.keyboard.type('t-1')
  await page.keyboard.press('Enter')
  await expect.poll(() => page.url()).toContain('q=t-1')
  await page.keyboard.press('Escape')
  await focusOn(grid)
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: /^t-1/ }).waitFor()
  await page.goBack()
  await headed(page, 'Tasks')
  expect(page.url()).toContain('q=t-1')

  // Over all projects, a manager hears how far it is by each of theirs; an address says what it asks for in vain.
  await page.goto(`${page.url().replace(/#.*$/, '')}#/tasks?stepId=s`)
  await page.getByText('The address asks for what is no filter here: stepId').waitFor()
  await page.getByRole('button', { name: 'Take it away' }).press('Enter')
  await expect.poll(() => page.url()).not.toContain('stepId')
  await expect.poll(() => page.locator('.virtual-row').count()).toBeGreaterThan(5)
  await focusOn(grid)
  await press(page, 'j', 'x')
  await page.getByRole('button', { name: 'Priority…' }).press('Enter')
  await page.getByRole('spinbutton', { name: 'Priority' }).fill('7')
  await page.getByRole('button', { name: 'Set 1 to 7' }).press('Enter')
  await page.getByText(/^Done: 1 of 1/).waitFor()
  await page.keyboard.press('Escape')

  // What cannot be had is said where it would stand, with what to tell others.
  const mend = await breakCalls(page, /\/tasks\?|\/tasks\/counts/)
  await page.reload()
  await page.getByText(BROKEN).waitFor()
  await looksWellInAll(page, 'tasks-failed')
  await mend()
  await page.getByRole('button', { name: 'Again' }).press('Enter')
  await expect.poll(() => page.locator('.virtual-row').count()).toBeGreaterThan(5)

  // Who manages nothing has no such page.
  const other = await world.tab(await ann.link())
  await other.page.goto(`${other.page.url().replace(/#.*$/, '')}#/tasks?project=${projectId}`)
  await other.page.getByText('There is nothing here').waitFor()
  expect([...faults, ...other.faults]).toEqual([])
})
