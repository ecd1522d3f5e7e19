import type { TaskId, UserId } from '@muster/core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  focusOn,
  headed,
  looksWellInAll,
  type Person,
  shot,
  violations,
  World,
} from '../app/world.test.support.ts'

let world: World
beforeAll(async () => {
  world = await World.open()
})
afterAll(() => world?.close())

const SKILL = { anyOf: ['da', 'nb'], minLevel: 2 }

/** A task that was reviewed by Olena, annotated by Ingrid, and waits at the last step for somebody else with a skill that only the task asks for. */
async function stuck() {
  const { muster } = world
  const boss = await world.person('Boss', 'manager')
  const root = await world.person('Root', 'admin')
  const people: Record<string, Person> = {}
  for (const name of ['Ingrid', 'Olena', 'Tunde', 'Jana']) people[name] = await world.person(name)
  const id = (name: string): UserId => (people[name] as Person).userId
  for (const name of ['Ingrid', 'Olena', 'Tunde'])
    await muster.people.change(id(name), { skills: { da: 3 } }, undefined)
  await muster.people.change(id('Jana'), { skills: { nb: 1 }, scripted: true } as never, undefined)
  const projectId = await world.place({
    name: 'Languages',
    payloads: [],
    steps: [
      { stepId: 'annotate', stepType: 'annotation' },
      { stepId: 'review', stepType: 'review' },
      { stepId: 'settle', stepType: 'adjudication' },
    ],
    people: [boss.userId, ...Object.values(people).map(({ userId }) => userId)],
  })
  const [task] = await muster.tasks.add(projectId, [
    {
      payload: { text: 'Alle mennesker <img src=x onerror=alert(1)>' },
      externalId: 'split-3474',
      requiredSkills: [SKILL],
    },
  ])
  const taskId = task?.taskId as TaskId
  for (const [name, result] of [
    ['Ingrid', { label: 'da' }],
    ['Olena', { verdict: 'accept' }],
  ] as const) {
    const claim = await muster.assignments.claimNext({ userId: id(name), projectId })
    if (claim.kind === 'nothing') throw new Error(`nothing for ${name}`)
    const { assignmentId } = claim.assignment
    await muster.assignments.start({ assignmentId, userId: id(name) })
    await muster.assignments.submit({ assignmentId, userId: id(name), result })
  }
  await muster.people.change(id('Tunde'), { status: 'away' }, undefined)
  return { boss, root, people, taskId }
}

const at = (link: string, taskId: string): string => `${link.replace(/#.*$/, '')}#/task?item=${taskId}`

it('says why nobody has a task, and lets a manager change that by keyboard alone', async () => {
  const { boss, root, people, taskId } = await stuck()
  const { page, faults } = await world.tab(await boss.link())
  await page.goto(at(page.url(), taskId))
  await headed(page, 'split-3474')
  const sentence = page.locator('.why-sentence')
  await expect
    .poll(() => sentence.innerText())
    .toBe(
      'Of the three who have da or nb at 2, Tunde is away, Ingrid annotated it and Olena reviewed it. Jana is one level short in da or nb.',
    )
  const past = await page.locator('.history li').allInnerTexts()
  const told = past.map((line) => line.replaceAll(/\s+/g, ' '))
  expect(told.some((line) => line.includes('Ingrid asked for it at annotate'))).toBe(true)
  expect(told.some((line) => line.includes('Olena submitted it at review'))).toBe(true)
  expect(told.at(-1)).toContain('nobody')
  expect(await page.locator('.given').first().innerText()).toContain('the best open step for Olena')
  expect(await page.getByRole('button', { name: /Override/ }).count()).toBe(0)
  await looksWellInAll(page, 'task')

  // By keyboard alone: to the deed, through the dialog, and back.
  const lower = page.getByRole('button', { name: 'Lower da or nb to level 1 · adds Jana' })
  await focusOn(lower)
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  expect(await violations(page)).toEqual([])
  await focusOn(page.getByRole('button', { name: 'Lower to level 1' }))
  await page.keyboard.press('Enter')
  await expect.poll(() => sentence.innerText()).toContain('Jana may take it')
  expect((await world.muster.tasks.get(taskId)).requiredSkills).toMatchObject([{ minLevel: 1 }])
  const assign = page.getByRole('button', { name: 'Assign to…' })
  await focusOn(assign)
  await page.keyboard.press('Enter')
  await focusOn(page.getByRole('button', { name: 'Assign to Jana' }))
  await page.keyboard.press('Enter')
  await expect.poll(() => page.locator('.history-now').innerText()).toContain('Jana')
  await expect
    .poll(() => page.locator('.given').first().innerText())
    .toMatch(/to Jana by .*decided again: the same/s)
  expect(await world.muster.assignments.candidates({ taskId })).toMatchObject({ eligible: 0 })
  await page.getByRole('heading', { name: 'Who has it' }).waitFor()
  await expect.poll(() => sentence.innerText()).toContain('Jana has it.')
  expect(await sentence.innerText()).not.toContain('Then')
  await shot(page, 'task-held')

  // What another changes comes by itself, and a move on what was seen before is refused in words.
  await world.muster.tasks.change(taskId, { priority: 7 }, { by: root.userId })
  await expect.poll(() => page.locator('.task-standing').innerText()).toContain('priority 7')
  await page.getByRole('button', { name: 'More' }).press('Enter')
  await page.getByRole('menuitem', { name: 'Cancel the task…' }).press('Enter')
  expect(await page.getByRole('dialog').innerText()).toContain('One person loses')
  await page.getByRole('button', { name: 'Cancel the task', exact: true }).press('Enter')
  await expect.poll(() => page.locator('.task-standing').innerText()).toContain('cancelled')
  await expect.poll(() => page.locator('.history').innerText()).toContain('the task was cancelled')

  // Whoever had a row on it sees their own part; others nothing.
  const ingrid = await world.tab(await (people['Ingrid'] as Person).link())
  await ingrid.page.goto(at(ingrid.page.url(), taskId))
  await ingrid.page.locator('.history li').first().waitFor()
  expect(await ingrid.page.locator('.history').innerText()).not.toContain('Olena')
  expect(await ingrid.page.locator('main').innerText()).toContain('Only managers see who may have it.')
  const tunde = await world.tab(await (people['Tunde'] as Person).link())
  await tunde.page.goto(at(tunde.page.url(), taskId))
  await tunde.page.getByText('There is no such task').waitFor()
  expect(await violations(tunde.page)).toEqual([])
  expect([...faults, ...ingrid.faults, ...tunde.faults]).toEqual([])
})
