import { type Json, jobType, NonRetryableError, type ProjectId, type UserId } from '@muster/core'
import type { NewForm } from '@muster/core/forms'
import { json } from '@muster/core/schemas'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { headed, type Tab, violations, World } from './world.test.support.ts'

let world: World
beforeAll(async () => {
  // It says everything that it can say in words of others.
  const hostile = jobType({
    name: 'hostile',
    payload: json,
    handler: ({ payload, model }) => {
      const { fails } = payload as { readonly fails: boolean }
      if (fails) throw new NonRetryableError(HOSTILE)
      return { label: `${model} ${MARKS[1]}`, words: MARKS }
    },
  })
  world = await World.open({ jobTypes: [hostile] })
})
afterAll(() => world?.close())

/** Harmless marks: each would say that it ran, or ask another host for something. */
const MARKS = [
  '<script>window.ran = 1</script>',
  '<img src=x onerror="window.ran = 2">',
  '<svg onload="window.ran = 3"><animate onbegin="window.ran = 4">',
  '"><iframe srcdoc="<script>parent.ran = 5</script>"></iframe>',
  '<a href="javascript:window.ran = 6">x</a><style>@import \'http://evil.example.org/a.css\'</style>',
  '[x](javascript:window.ran=7) ![y](http://evil.example.org/y.png) <http://evil.example.org/auto>',
  '<body onload=window.ran=8><details open ontoggle=window.ran=9>',
  '{{constructor.constructor("window.ran=10")()}}',
  '\u202e<b>turned</b>\u2028',
  '<link rel=stylesheet href=http://evil.example.org/b.css><meta http-equiv=refresh content="0;url=http://evil.example.org">',
]
const HOSTILE = MARKS.join('\n\n')

const FORM: NewForm = {
  name: 'hostile',
  title: `Title ${HOSTILE}`.slice(0, 200),
  help: HOSTILE,
  show: [
    { name: 'text', as: 'text', at: '/text', title: MARKS[1] },
    { name: 'markdown', as: 'markdown', at: '/text' },
    { name: 'chat', as: 'chat', at: '/chat' },
    { name: 'code', as: 'code', at: '/text', language: MARKS[0]?.slice(0, 20) },
    { name: 'diff', as: 'diff', at: '/text' },
    { name: 'json', as: 'json', at: '/json' },
    { name: 'table', as: 'table', at: '/table' },
    { name: 'image', as: 'image', at: '/image', alt: MARKS[1] },
    { name: 'audio', as: 'audio', at: '/image' },
    { name: 'sides', as: 'compare', render: { as: 'markdown' }, each: '/sides' },
  ],
  questions: [
    {
      id: 'choice',
      type: 'choice',
      title: MARKS[2] ?? '',
      help: MARKS[3],
      options: MARKS.slice(0, 4).map((mark, place) => ({
        value: mark,
        title: mark,
        help: `${mark}${place}`,
      })),
    },
    { id: 'better', type: 'ranking', title: 'Order', of: 'sides' },
    {
      id: 'spans',
      type: 'spans',
      title: 'Marks',
      of: 'text',
      labels: [{ value: MARKS[1] ?? '', title: MARKS[1] }],
    },
    { id: 'words', type: 'text', title: 'Words', from: '/prefill', required: false },
  ],
}

const PAYLOAD: Json = {
  text: HOSTILE,
  chat: [
    { role: MARKS[0] ?? '', name: MARKS[1] ?? '', content: MARKS[5] ?? '', reasoning: MARKS[2] ?? '' },
    {
      role: 'assistant',
      content: [
        { type: 'text', text: MARKS[1] ?? '' },
        { type: 'image_url', image_url: { url: 'javascript:window.ran=20' } },
        { type: 'image', url: 'http://evil.example.org/x.png' },
      ],
      toolCalls: [
        { id: '1', name: MARKS[0] ?? '', arguments: JSON.stringify({ [MARKS[1] ?? '']: MARKS[2] }) },
      ],
    },
  ],
  json: { [MARKS[1] ?? '']: { __proto__: 1, deep: [MARKS[0] ?? ''] } },
  table: [{ [MARKS[1] ?? '']: MARKS[3] ?? '' }],
  image: 'https://evil.example.org/image.png',
  sides: [MARKS[0] ?? '', MARKS[5] ?? ''],
  prefill: MARKS[1] ?? '',
}

const ran = (page: Page): Promise<unknown> => page.evaluate(() => (globalThis as { ran?: unknown }).ran)

it('shows hostile payloads, forms and names as the text that they are', async () => {
  const person = await world.person(MARKS[1] ?? '')
  const projectId = await world.place({
    name: MARKS[4] ?? '',
    form: FORM,
    payloads: [PAYLOAD, PAYLOAD],
    people: [person.userId],
  })
  const { page, faults } = await world.tab(await person.link())
  await page.getByRole('button', { name: 'To the item' }).click()
  await page.locator('.item').waitFor()
  expect(await page.locator('.plain-text').first().innerText()).toContain('<script>window.ran = 1</script>')
  expect(
    await page.locator('.item :is(script, iframe, style, link, meta, svg, form, object, embed, img)').count(),
  ).toBe(0)
  const links = await page.locator('.item a').evaluateAll((found) =>
    found.map((link) => ({
      href: link.getAttribute('href'),
      rel: link.getAttribute('rel'),
      text: link.textContent,
    })),
  )
  expect(links.length).toBeGreaterThan(2)
  for (const { href, rel, text } of links) {
    expect(href).toMatch(/^https?:\/\/evil\.example\.org\//)
    expect(rel).toBe('noopener noreferrer nofollow')
    expect(text).toContain('evil.example.org')
  }
  expect(await violations(page)).toEqual([])

  await page.keyboard.press('1')
  await page.goto(`${world.origin}/console/#/queue`)
  await headed(page, 'My queue')
  await page
    .getByText(MARKS[4] ?? '')
    .first()
    .waitFor()
  expect(await page.title()).toBe('My queue · Muster')

  await world.muster.projects.removeMember(projectId, person.userId)
  expect(await ran(page)).toBeUndefined()
  expect(faults).toEqual([])
})

it('says what the server says when it refuses, as text', async () => {
  const person = await world.person('Una')
  await world.place({ name: 'Una’s', form: FORM, payloads: [PAYLOAD], people: [person.userId] })
  const { page, faults } = await world.tab('about:blank')
  await page.route(/\/queue\/next/, (route) =>
    route.fulfill({
      status: 500,
      contentType: 'application/problem+json',
      body: JSON.stringify({ status: 500, code: 'internal', detail: HOSTILE, requestId: MARKS[1] }),
    }),
  )
  await page.goto(await person.link())
  await headed(page, 'This did not work')
  expect(await page.locator('main').innerText()).toContain('<script>window.ran = 1</script>')
  expect(await violations(page)).toEqual([])
  await page.unroute(/\/queue\/next/)
  await page.getByRole('button', { name: 'Again' }).click()
  await page.getByRole('button', { name: 'To the item' }).waitFor()
  expect(await ran(page)).toBeUndefined()
  expect(faults).toEqual([])
})

/** What of others’ words has come to be more than text: elements, handlers of events, addresses that run, a title. */
const weaknesses = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = []
    const foreign = 'script, iframe, style, link, meta, base, form, object, embed, img, video, audio, animate'
    for (const element of document.body.querySelectorAll('*')) {
      // The page loads its own parts by these.
      const isOurs = element.matches(
        '#page > script, body > script, link[rel=modulepreload], link[rel=stylesheet]',
      )
      if (element.matches(foreign) && !isOurs) found.push(`<${element.localName}>`)
      for (const { name, value } of element.attributes) {
        if (name.startsWith('on')) found.push(`${element.localName} ${name}`)
        if (
          ['href', 'src', 'action', 'formaction', 'srcdoc'].includes(name) &&
          /^\s*(javascript|data|vbscript):/i.test(value)
        )
          found.push(`${element.localName} ${name}=${value}`)
      }
    }
    if (/[<>]|evil/.test(document.title)) found.push(`title ${document.title}`)
    if ('ran' in globalThis) found.push('something ran')
    return found
  })

describe('every page', () => {
  let projectId: ProjectId
  let tab: Tab
  const ids: Record<string, string> = {}
  const mark = (nth: number): string => MARKS[nth] ?? ''

  beforeAll(async () => {
    const { muster } = world
    const admin = await world.person(mark(1), 'admin')
    const [ann, ben] = [await world.person(mark(0)), await world.person(mark(2))]
    projectId = await world.place({
      name: mark(9).slice(0, 100),
      form: FORM,
      steps: [
        { stepId: 'label', stepType: 'annotation' },
        { stepId: 'check', stepType: 'review', excludes: ['label'] },
      ],
      payloads: [],
      people: [admin.userId, ann.userId, ben.userId],
    })
    await muster.tasks.add(
      projectId,
      MARKS.slice(0, 5).map((externalId) => ({ payload: PAYLOAD, externalId })),
    )
    const holds = async (userId: UserId) => {
      const claimed = await muster.assignments.claimNext({ userId, projectId })
      if (claimed.kind === 'nothing') throw new Error('There is work')
      const { assignmentId, taskId } = claimed.assignment
      await muster.assignments.start({ userId, assignmentId })
      return { assignmentId, taskId, userId }
    }
    const { taskId, ...first } = await holds(ann.userId)
    ids['task'] = taskId
    await muster.assignments.flag({ ...first, comment: HOSTILE.slice(0, 500) })
    await muster.assignments.release({ ...first, reason: mark(3) })
    const done = await holds(ann.userId)
    await muster.assignments.reject({ ...done, code: 'other', comment: mark(4) })
    await muster.quality.pause({ projectId, userId: ann.userId, reason: mark(1), by: admin.userId })
    const { definitionId } = await muster.definitions.add(projectId, {
      name: mark(4).slice(0, 100),
      jobType: 'hostile',
      scenarios: MARKS.map((words, nth) => ({
        scenarioId: `${nth} ${words}`.slice(0, 100),
        payload: { words, fails: nth % 2 === 0, text: words },
      })),
    })
    const models = [mark(1).slice(0, 60), mark(0).slice(0, 60)]
    const { runId } = await muster.runs.start(projectId, { definitionId, models })
    ids['run'] = runId
    ids['person'] = ann.userId
    const worker = await muster.work()
    while ((await muster.runs.get(runId)).status !== 'completed') await muster.clock.wait(50)
    await worker.close()
    const { items } = await muster.jobs.search([projectId], { state: ['failed'] })
    ids['job'] = items[0]?.jobId ?? ''
    tab = await world.tab(await admin.link())
    await tab.page.getByText('live', { exact: true }).waitFor()
  })

  it.each<[string, string, () => string, number]>([
    ['Project', 'project', () => '', 9],
    ['Runs', 'runs', () => '&show=all', 4],
    ['Run', 'run', () => `&item=${ids['run']}`, 4],
    ['Results', 'results', () => `&run=${ids['run']}`, 1],
    ['Tasks', 'tasks', () => '&status=all', 1],
    ['Task', 'task', () => `&item=${ids['task']}`, 0],
    ['People', 'people', () => '', 2],
    ['a person', 'people', () => `&item=${ids['person']}`, 0],
    ['Jobs', 'jobs', () => '', 1],
    ['a job', 'jobs', () => `&item=${ids['job']}`, 0],
    ['Activity', 'activity', () => '', 4],
    ['System', 'system', () => '', 1],
    // Nothing of others stands there for an admin who holds nothing.
    ['My queue', 'queue', () => '&show=ended', MARKS.length],
  ])('shows hostile words on %s as the text that they are', async (_name, page, params, nth) => {
    await tab.page.goto(`${world.origin}/console/#/${page}?project=${projectId}${params()}`)
    await tab.page.locator('main h1').waitFor()
    await expect
      .poll(() => tab.page.locator('main').evaluate((main) => main.textContent))
      .toContain(mark(nth).slice(0, 40))
    expect(await weaknesses(tab.page)).toEqual([])
    expect(tab.faults).toEqual([])
  })

  it('shows them as text in the palette, and would say so if it did not', async () => {
    const { page } = tab
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'What to look for' }).fill('script')
    await page.getByRole('option', { name: 'window.ran' }).first().waitFor()
    expect(await weaknesses(page)).toEqual([])
    // What a renderer that trusts words would make of them.
    await page.evaluate(() => {
      const link = document.createElement('a')
      link.setAttribute('href', 'javascript:window.ran = 6')
      const frame = document.createElement('iframe')
      document.querySelector('main')?.append(link, frame)
      document.title = '<b>'
    })
    expect(await weaknesses(page)).toEqual(['a href=javascript:window.ran = 6', '<iframe>', 'title <b>'])
    // Handlers of events are refused by the policy itself.
    const handled = page.evaluate(() => document.createElement('p').setAttribute('onclick', 'window.ran = 1'))
    await expect(handled).rejects.toThrow('TrustedScript')
  })
})
