import type { Json } from '@muster/core'
import type { NewForm } from '@muster/core/forms'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { headed, violations, World } from './world.test.support.ts'

let world: World
beforeAll(async () => {
  world = await World.open()
}, 120_000)
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

const ran = (page: import('playwright-core').Page): Promise<unknown> =>
  page.evaluate(() => (globalThis as { ran?: unknown }).ran)

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
  await page.route('**/api/v1/queue/next', (route) =>
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
  await page.unroute('**/api/v1/queue/next')
  await page.getByRole('button', { name: 'Again' }).click()
  await page.getByRole('button', { name: 'To the item' }).waitFor()
  expect(await ran(page)).toBeUndefined()
  expect(faults).toEqual([])
})
