import type { ProjectId, UserId } from '@muster/core'
import type { NewForm } from '@muster/core/forms'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  BROKEN,
  breakCalls,
  focusOn,
  headed,
  looksWell,
  type Person,
  press,
  type Tab,
  violations,
  WINDOWS,
  World,
} from '../app/world.test.support.ts'

const FORM: NewForm = {
  name: 'language',
  title: 'Which language?',
  show: [{ name: 'text', as: 'text', at: '/text', title: 'Text' }],
  questions: [
    { id: 'language', type: 'choice', title: 'Language', options: [{ value: 'nl' }, { value: 'da' }] },
  ],
}

let world: World
let manager: Person
let admin: Person
let ben: Person
let projectId: ProjectId
beforeAll(async () => {
  world = await World.open()
  const { muster } = world
  manager = await world.person('Mia Berg', 'manager')
  admin = await world.person('Ada Stone', 'admin')
  const ann = await world.person('Ann Ferrer')
  ben = await world.person('Ben Okafor')
  const cleo = await world.person('Cleo Sand')
  await muster.people.change(ann.userId, { skills: { nl: 4, da: 2, sv: 1, fy: 1 } })
  await muster.people.change(ben.userId, { skills: { nl: 5 }, scripted: true })
  projectId = await world.place({
    name: 'Language identification',
    form: FORM,
    steps: [
      { stepId: 'label', stepType: 'annotation', assignmentsRequired: 2 },
      { stepId: 'review', stepType: 'review', excludes: ['label'] },
    ],
    assignment: { maxConcurrentPerUser: 4 },
    payloads: Array.from({ length: 12 }, (_, n) => ({ text: `word ${n + 1}` })),
    people: [manager, ann, ben, cleo].map(({ userId }) => userId),
  })
  await muster.people.change(cleo.userId, { status: 'suspended' })
  for (const language of ['nl', 'nl', 'da', 'nl'])
    for (const userId of [ann.userId, ben.userId]) await submits(userId, 'annotation', { language })
  const reviewer = manager.userId
  for (const verdict of ['accept', 'accept', 'return'])
    await submits(reviewer, 'review', { verdict, comment: 'Look again' })
})
afterAll(() => world?.close())

async function submits(userId: UserId, stepType: 'annotation' | 'review', result: object): Promise<void> {
  const claimed = await world.muster.assignments.claimNext({ userId, projectId, stepType })
  if (claimed.kind !== 'claimed') throw new Error('Nothing to claim')
  const move = { userId, assignmentId: claimed.assignment.assignmentId }
  await world.muster.assignments.start(move)
  await world.muster.assignments.submit({ ...move, result: result as never })
}

const at = (query = ''): string => `${world.origin}/console/#/people?project=${projectId}${query}`

const row = (page: Tab['page'], name: string) => page.getByRole('row').filter({ hasText: name })

describe.each(WINDOWS)('in %s at %i × %i', (colorScheme, width, height) => {
  it('passes the audit full, filtered to nothing, and in error', async () => {
    const { page, faults } = await world.tab('about:blank', { colorScheme, viewport: { width, height } })
    const look = (name: string) => looksWell(page, `people-${name}-${colorScheme}-${width}`)
    await page.goto(await manager.link())
    await page.goto(at())
    await row(page, 'Ann Ferrer').waitFor()
    await look('list')
    await page.goto(at(`&item=${ben.userId}`))
    await page.getByRole('heading', { name: 'Given last' }).waitFor()
    await look('drawer')
    await page.goto(at('&show=agreement'))
    await page.getByRole('row').filter({ hasText: 'alpha' }).first().waitFor()
    await look('agreement')
    await page.goto(at('&q=nobody'))
    await page.getByText('Nobody matches these filters').waitFor()
    await look('filtered')
    await breakCalls(page, '**/people?*')
    await page.goto(`${world.origin}/console/#/queue`)
    await headed(page, 'My queue')
    await page.goto(at())
    await page.getByText(BROKEN).waitFor()
    await look('error')
    expect(faults).toEqual([])
    await page.context().close()
  })
})

it('is worked by keys alone: filtered, opened, paused with a reason, and left', async () => {
  const { page, faults } = await world.tab(await manager.link())
  await page.getByText('live', { exact: true }).waitFor()
  await press(page, 'g', 'o')
  await headed(page, 'People')
  await row(page, 'Ann Ferrer').waitFor()
  await press(page, '/')
  await page.keyboard.type('sta')
  await press(page, 'ArrowDown', 'Enter')
  await page.keyboard.type('act')
  await press(page, 'ArrowDown', 'Enter')
  await row(page, 'Cleo Sand').waitFor({ state: 'detached' })
  expect(page.url()).toContain('status=active')
  await press(page, 'Escape', 'j', 'j', 'Enter')
  const drawer = page.getByRole('region', { name: /Ben Okafor/ })
  await drawer.getByText('holds 1 of 4').waitFor()
  await drawer.getByText('Look again').first().waitFor()
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H2')
  await focusOn(drawer.getByRole('button', { name: 'Pause…' }))
  await press(page, 'Enter')
  await page.getByRole('dialog').waitFor()
  expect(await violations(page)).toEqual([])
  await focusOn(page.getByRole('textbox', { name: 'Why' }))
  await page.keyboard.type('Too fast')
  await press(page, 'Tab', 'Enter')
  await drawer.getByText('Too fast').waitFor()
  await row(page, 'Ben Okafor').waitFor({ state: 'detached' })
  await press(page, 'Escape')
  await drawer.waitFor({ state: 'detached' })
  expect(page.url()).not.toContain('item=')
  await page.goto(at('&status=paused'))
  await row(page, 'Ben Okafor').getByText('paused').waitFor()
  await world.muster.quality.resume({ projectId, userId: ben.userId, reason: 'Fine' })
  await page.getByText('Nobody matches these filters').waitFor()
  expect(faults).toEqual([])
})

it('shows who comes, adds a member, and lets an admin suspend somebody by name', async () => {
  const newcomer = await world.person('Dora Lind')
  const { page, faults } = await world.tab(await admin.link())
  await page.goto(at())
  await row(page, 'Ann Ferrer').waitFor()
  await page.getByRole('button', { name: 'Add…' }).click()
  await page.getByRole('combobox', { name: 'Who' }).selectOption({ label: 'Dora Lind · annotator' })
  await page.getByRole('button', { name: 'Add to the project' }).click()
  await row(page, 'Dora Lind').waitFor()
  await world.muster.presence.see('her-tab', newcomer.userId, projectId)
  await row(page, 'Dora Lind').getByText('here').waitFor()
  await row(page, 'Dora Lind').click()
  const drawer = page.getByRole('region', { name: /Dora Lind/ })
  await drawer.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Suspend…' }).click()
  await page.getByRole('button', { name: 'Suspend, end 0 holds' }).click()
  await row(page, 'Dora Lind').getByText('suspended').waitFor()
  expect((await world.muster.people.get(newcomer.userId)).status).toBe('suspended')
  expect(faults).toEqual([])
})
