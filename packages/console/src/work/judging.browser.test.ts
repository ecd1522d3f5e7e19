import type { NewForm } from '@muster/core/forms'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { headed, press, results, shot, violations, World } from '../app/world.test.support.ts'

let world: World
beforeAll(async () => {
  world = await World.open()
})
afterAll(() => world?.close())

const FORM: NewForm = {
  name: 'judged',
  title: 'Sort the word',
  show: [{ name: 'text', as: 'text', at: '/text', title: 'Word' }],
  questions: [
    {
      id: 'kind',
      type: 'choice',
      title: 'Kind',
      options: [
        { value: 'fruit', title: 'A fruit' },
        { value: 'tool', title: 'A tool' },
      ],
    },
    { id: 'odd', type: 'yesNo', title: 'Odd?' },
  ],
  comment: true,
}

const annotate = { stepId: 'annotate', stepType: 'annotation' as const }

it('reviews by keyboard: sends work back with words, which come first to its author, and accepts it then', async () => {
  const [ann, ben] = [await world.person('Ann Author'), await world.person('Ben Reviewer')]
  const projectId = await world.place({
    name: 'Reviewed',
    form: FORM,
    payloads: [{ text: 'saw' }],
    steps: [annotate, { stepId: 'review', stepType: 'review' }],
    people: [ann.userId, ben.userId],
  })
  const author = await world.tab(await ann.link())
  await headed(author.page, 'Sort the word')
  await press(author.page, '1', 'Enter', 'n', 'Enter')
  await author.page.keyboard.type('I am not sure')
  await author.page.keyboard.press('Control+Enter')
  await headed(author.page, 'Nothing for you right now')

  const reviewer = await world.tab(await ben.link())
  await headed(reviewer.page, 'Reviewed')
  const judged = reviewer.page.locator('.judged')
  await judged.getByText('A fruit').waitFor()
  expect(await judged.innerText()).toContain('I am not sure')
  expect(await reviewer.page.locator('main').innerText()).not.toContain('Ann Author')
  expect(await violations(reviewer.page)).toEqual([])
  await shot(reviewer.page, 'review')
  await reviewer.page.keyboard.press('r')
  await reviewer.page.keyboard.press('Enter')
  await reviewer.page.keyboard.type('A saw cuts wood')
  await reviewer.page.keyboard.press('Control+Enter')

  // The work comes back by itself to the tab that waits.
  await headed(author.page, 'Sort the word')
  await author.page.getByText('A saw cuts wood').waitFor()
  expect(await author.page.getByRole('button', { name: 'A fruit' }).getAttribute('aria-pressed')).toBe('true')
  expect(await author.page.locator('textarea').inputValue()).toBe('I am not sure')
  expect(await violations(author.page)).toEqual([])
  await author.page.keyboard.press('2')
  await author.page.keyboard.press('Control+Enter')

  await headed(reviewer.page, 'Reviewed')
  await judged.getByText('A tool').waitFor()
  await reviewer.page.keyboard.press('y')
  await reviewer.page.keyboard.press('Enter')
  expect(await results(world.muster, projectId, 1)).toEqual([{ verdict: 'accept' }])
  expect([...author.faults, ...reviewer.faults]).toEqual([])
})

it('decides between answers without names, with what differs marked', async () => {
  const people = [await world.person('Cem One'), await world.person('Dag Two')]
  const judge = await world.person('Eli Judge')
  const projectId = await world.place({
    name: 'Decided',
    form: FORM,
    payloads: [{ text: 'pear' }],
    steps: [
      { ...annotate, assignmentsRequired: 2 },
      { stepId: 'decide', stepType: 'adjudication', when: 'disagreement' },
    ],
    people: [...people, judge].map(({ userId }) => userId),
  })
  for (const [place, { userId }] of people.entries()) {
    const claimed = await world.muster.assignments.claimNext({ userId })
    if (claimed.kind !== 'claimed') throw new Error('Nothing to claim')
    const { assignmentId } = claimed.assignment
    await world.muster.assignments.start({ userId, assignmentId })
    await world.muster.assignments.submit({
      userId,
      assignmentId,
      result: { kind: ['fruit', 'tool'][place] ?? '', odd: true },
    })
  }
  const { page, faults } = await world.tab(await judge.link())
  await headed(page, 'Sort the word')
  const judged = page.locator('.judged')
  await judged.getByText('A tool').waitFor()
  expect(await judged.locator('tr.differs th').innerText()).toContain('Kind')
  expect(await judged.locator('tr.differs').count()).toBe(1)
  const text = await page.locator('main').innerText()
  expect(text).not.toMatch(/Cem|Dag/)
  // They agree on the second question, which therefore is answered already.
  expect(await page.getByRole('button', { name: 'Yes' }).getAttribute('aria-pressed')).toBe('true')
  expect(await violations(page)).toEqual([])
  await shot(page, 'decide')
  await page.keyboard.press('Control+Enter')
  await page.getByText('This question needs an answer').waitFor()
  await judged.getByRole('button', { name: 'Take' }).first().click()
  await page.keyboard.press('Control+Enter')
  const [decided] = await results(world.muster, projectId, 1)
  expect(decided).toMatchObject({ odd: true })
  expect(faults).toEqual([])
})

it('takes any JSON where a step has no form, and names what is none', async () => {
  const person = await world.person('Fia Free')
  const projectId = await world.place({
    name: 'Free',
    payloads: [{ any: { thing: [1, 2, 12345678901234567890n.toString()] } }],
    people: [person.userId],
  })
  const { page, faults } = await world.tab(await person.link())
  await headed(page, 'Free')
  await page.keyboard.press('Enter')
  const field = page.getByRole('textbox', { name: 'Result' })
  await field.fill('{ "label": ')
  await page.getByText(/^No JSON yet/).waitFor()
  await page.keyboard.press('Control+Enter')
  await page.getByText('This question needs an answer').waitFor()
  await field.fill('{ "label": "nl" }')
  expect(await violations(page)).toEqual([])
  await page.keyboard.press('Control+Enter')
  expect(await results(world.muster, projectId, 1)).toEqual([{ label: 'nl' }])
  expect(faults).toEqual([])
})

it('marks stretches by keyboard and by pointer, in code points', async () => {
  const person = await world.person('Gus Marker')
  const form: NewForm = {
    name: 'marking',
    title: 'Mark the names',
    show: [{ name: 'text', as: 'text', at: '/text' }],
    questions: [
      {
        id: 'names',
        type: 'spans',
        title: 'Names',
        of: 'text',
        min: 1,
        by: 'word',
        labels: [{ value: 'person', key: 'p' }, { value: 'place' }],
      },
    ],
  }
  const projectId = await world.place({
    name: 'Marked',
    form,
    payloads: [{ text: '😀 Ada came to London.' }],
    people: [person.userId],
  })
  const { page, faults } = await world.tab(await person.link())
  await headed(page, 'Mark the names')
  await page.keyboard.press('p')
  await page.getByText('Select a stretch of the text first').waitFor()
  await press(page, 'ArrowRight', 'Shift+ArrowLeft', 'p')
  await page.locator('.marks q', { hasText: 'Ada' }).waitFor()
  const at = await page.locator('.marked').evaluate((element) => {
    const last = [...element.childNodes].findLast((node) => node.textContent?.includes('London')) ?? element
    const range = document.createRange()
    const place = (last.textContent ?? '').indexOf('London')
    range.setStart(last, place + 2)
    range.setEnd(last, place + 3)
    const { x, y } = range.getBoundingClientRect()
    return { x, y }
  })
  await page.mouse.dblclick(at.x + 2, at.y + 6)
  await page.getByRole('button', { name: 'place', exact: true }).click()
  await page.locator('.marks q', { hasText: 'London' }).waitFor()
  expect(await violations(page)).toEqual([])
  await shot(page, 'marking')
  await page.keyboard.press('Control+Enter')
  expect(await results(world.muster, projectId, 1)).toEqual([
    {
      names: [
        { start: 2, end: 5, label: 'person' },
        { start: 14, end: 20, label: 'place' },
      ],
    },
  ])
  expect(faults).toEqual([])
})

it('flags an item for the managers, and keeps it', async () => {
  const person = await world.person('Hei Flagger')
  const projectId = await world.place({
    name: 'Flagged',
    form: FORM,
    payloads: [{ text: 'x' }],
    people: [person.userId],
  })
  const { page, faults } = await world.tab(await person.link())
  await headed(page, 'Sort the word')
  await page.keyboard.press('f')
  await page.getByRole('dialog').waitFor()
  expect(await violations(page)).toEqual([])
  await page.keyboard.type('The word is cut off')
  await page.getByRole('button', { name: 'Flag the item' }).click()
  await page.getByRole('button', { name: 'Flagged' }).waitFor()
  const { items } = await world.muster.tasks.list(projectId, { flagged: true }, { limit: 5 })
  expect(items).toHaveLength(1)
  await headed(page, 'Sort the word')
  expect(faults).toEqual([])
})
