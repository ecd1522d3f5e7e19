import type { ProjectId, UserId } from '@muster/core'
import type { NewForm } from '@muster/core/forms'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  focusOn,
  headed,
  looksWell,
  looksWellInAll,
  type Person,
  press,
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
let annotator: Person
let projectId: ProjectId
let bare: ProjectId
beforeAll(async () => {
  world = await World.open()
  manager = await world.person('Mia Berg', 'manager')
  annotator = await world.person('Ann Ferrer')
  const ben = await world.person('Ben Okafor')
  const people = [manager, annotator, ben].map(({ userId }) => userId)
  projectId = await world.place({
    name: 'Language identification',
    form: FORM,
    steps: [
      { stepId: 'label', stepType: 'annotation' },
      { stepId: 'review', stepType: 'review', excludes: ['label'], requiredSkills: [{ anyOf: ['nl'] }] },
    ],
    payloads: Array.from({ length: 12 }, (_, n) => ({ text: `word ${n + 1}` })),
    people,
  })
  const { projectId: empty } = await world.muster.projects.add({ name: 'Not begun' })
  bare = empty
  await world.muster.projects.addMember(bare, manager.userId)
  for (let n = 0; n < 5; n += 1) await submits(ben.userId)
  await world.muster.assignments.claimNext({ userId: ben.userId, projectId })
})
afterAll(() => world?.close())

async function submits(userId: UserId): Promise<void> {
  const claimed = await world.muster.assignments.claimNext({ userId, projectId })
  if (claimed.kind !== 'claimed') throw new Error('Nothing to claim')
  const move = { userId, assignmentId: claimed.assignment.assignmentId }
  await world.muster.assignments.start(move)
  await world.muster.assignments.submit({ ...move, result: { language: 'nl' } })
}

const at = (project: string): string => `${world.origin}/console/#/project?project=${project}`

describe.each(WINDOWS)('in %s at %i × %i', (colorScheme, width, height) => {
  it('passes the audit full, with its settings open, not begun, and in error', async () => {
    const { page, faults } = await world.tab('about:blank', { colorScheme, viewport: { width, height } })
    const look = (name: string) => looksWell(page, `project-${name}-${colorScheme}-${width}`)
    await page.goto(await manager.link())
    await page.goto(at(projectId))
    await headed(page, 'Language identification')
    await page.getByText('5 nobody can take').waitFor()
    await page.getByText('nobody has the skill').waitFor()
    await page.getByText(/^half leave within .+, nine in ten within/).waitFor()
    await page.getByRole('img', { name: /^5 submitted in/ }).waitFor()
    await page.locator('.plot-line').first().waitFor()
    await look('full')
    await page.getByRole('button', { name: 'Settings…' }).click()
    await page.getByRole('spinbutton', { name: 'Lease' }).waitFor()
    await look('settings')
    await page.keyboard.press('Escape')
    await page.goto(at(bare))
    await headed(page, 'Not begun')
    await page.getByText('The project has no workflow yet').waitFor()
    await look('bare')
    await page.goto(at('01900000-0000-7000-8000-000000000000'))
    await page.getByRole('alert').first().waitFor()
    await look('error')
    expect(faults).toEqual([])
    await page.context().close()
  })
})

it('is worked by keys alone: tasks are added, the project paused, and settings kept unless stale', async () => {
  const { page, faults } = await world.tab(await manager.link())
  await page.getByText('live', { exact: true }).waitFor()
  await page.goto(at(projectId))
  await headed(page, 'Language identification')
  await focusOn(page.getByRole('button', { name: 'Add tasks…' }))
  await press(page, 'Enter')
  await focusOn(page.getByRole('textbox', { name: 'Payloads' }))
  await page.keyboard.type('{"text":"one"}\n{"text"')
  await page.getByText('Line 2 is no JSON.').waitFor()
  await page.keyboard.type(':"two"}')
  await focusOn(page.getByRole('button', { name: 'Add 2 tasks' }))
  await press(page, 'Enter')
  await page.getByText('14 open').first().waitFor()
  await focusOn(page.getByRole('button', { name: 'Pause', exact: true }))
  await press(page, 'Enter')
  await page.getByText('paused', { exact: true }).waitFor()
  await world.muster.queue.resume(projectId)
  await page.getByText('running', { exact: true }).waitFor()

  await focusOn(page.getByRole('button', { name: 'Settings…' }))
  await press(page, 'Enter')
  await page.getByRole('spinbutton', { name: 'Lease' }).fill('0')
  await focusOn(page.getByRole('button', { name: 'Save' }))
  await press(page, 'Enter')
  await page.locator('.field-fault').waitFor()
  await page.getByRole('spinbutton', { name: 'Lease' }).fill('45')
  await world.muster.projects.change(projectId, { name: 'Language of words' })
  await focusOn(page.getByRole('button', { name: 'Save' }))
  await press(page, 'Enter')
  await page.getByText('Somebody else changed the project meanwhile').waitFor()
  expect(await violations(page)).toEqual([])
  expect(await page.getByRole('spinbutton', { name: 'Lease' }).inputValue()).toBe('45')
  expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Language of words')
  await focusOn(page.getByRole('button', { name: 'Save' }))
  await press(page, 'Enter')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await headed(page, 'Language of words')
  expect((await world.muster.projects.get(projectId)).assignment.leaseMinutes).toBe(45)
  expect(faults).toEqual([])
})

it('shows who works here no figures of others, and no deed', async () => {
  const { page, faults } = await world.tab(await annotator.link())
  await page.goto(at(projectId))
  await page.getByRole('heading', { name: 'Here now' }).waitFor()
  const steps = page.getByRole('listitem').filter({ hasText: 'annotate' })
  await steps.getByText('9 open').waitFor()
  await page.getByText('14 open · 0 completed').waitFor()
  expect(await page.getByText(/half leave within/).count()).toBe(0)
  await looksWellInAll(page, 'project-annotator')
  expect(await page.locator('main').getByRole('button').count()).toBe(0)
  expect(await page.getByRole('heading', { name: 'Waits' }).count()).toBe(0)
  expect(await violations(page)).toEqual([])
  expect(faults).toEqual([])
})
