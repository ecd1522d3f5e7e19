import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Json, ProjectId } from '@muster/core'
import type { NewForm } from '@muster/core/forms'
import type { Frame, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { focusOn, headed, results, shot, type Tab, violations, World } from '../app/world.test.support.ts'

const EXAMPLE = fileURLToPath(new URL('../../../../examples/renderers/outliers/', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'muster-renderer-'))

let world: World
/** What reached another server: nothing may. */
const reached: string[] = []
const outside = createServer((request, response) => {
  reached.push(`${request.method} ${request.url}`)
  response.setHeader('access-control-allow-origin', '*')
  // A page whose frame may do anything.
  const weak = { '/weak': '<iframe src="/weak-inside"></iframe>', '/weak-inside': '<p>Inside</p>' }
  const html = (weak as Readonly<Record<string, string>>)[request.url ?? '']
  if (html !== undefined) response.setHeader('content-type', 'text/html')
  response.end(html)
})
let elsewhere = ''
beforeAll(async () => {
  outside.listen(0, '127.0.0.1')
  await once(outside, 'listening')
  elsewhere = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`
  outside.on('upgrade', (request, socket) => {
    reached.push(`upgrade ${request.url}`)
    socket.destroy()
  })
  // One that says nothing by itself: tests speak for it.
  writeFileSync(
    join(folder, 'index.html'),
    '<!doctype html><script src="bare.js"></script><p>Anything may stand here.</p>',
  )
  writeFileSync(
    join(folder, 'bare.js'),
    'addEventListener("message", ({ data }) => { globalThis.told = data })',
  )
  world = await World.open({ renderers: { outliers: EXAMPLE, bare: folder } })
})
afterAll(async () => {
  await world?.close()
  outside.close()
  rmSync(folder, { recursive: true })
})

const OUTLIERS: NewForm = {
  name: 'outliers',
  title: 'Outliers',
  show: [{ name: 'values', as: 'json', at: '/values' }],
  questions: [
    {
      id: 'marked',
      type: 'json',
      title: 'Places that do not belong',
      schema: { type: 'array', items: { type: 'integer', minimum: 0 }, minItems: 1, uniqueItems: true },
    },
  ],
  comment: true,
}
const BARE: NewForm = {
  name: 'bare',
  title: 'Bare',
  show: [{ name: 'text', as: 'text', at: '/text' }],
  questions: [
    { id: 'words', type: 'text', title: 'Words', maxLength: 10 },
    { id: 'sure', type: 'yesNo', title: 'Sure?', required: false },
  ],
}

interface AtRenderer extends Tab {
  readonly frame: Frame
  readonly projectId: ProjectId
}

async function atRenderer(name: string, form: NewForm, payload: Json): Promise<AtRenderer> {
  const person = await world.person(name)
  const projectId = await world.place({
    name,
    form,
    payloads: [payload, payload],
    people: [person.userId],
  })
  const tab = await world.tab(await person.link())
  await headed(tab.page, form.title)
  return { ...tab, frame: await frameOf(tab.page), projectId }
}

async function frameOf(page: Page): Promise<Frame> {
  const handle = await page.locator('iframe.renderer').elementHandle()
  const frame = await handle?.contentFrame()
  if (!frame) throw new Error('There is no renderer')
  await frame.waitForLoadState()
  return frame
}

/** Speaks as the renderer. */
const say = (frame: Frame, ...messages: readonly unknown[]): Promise<void> =>
  frame.evaluate((all) => {
    for (const message of all) parent.postMessage(message, '*')
  }, messages)

describe('a renderer of a host', () => {
  it('draws a form in place of the page, whose submit and keys stay', async () => {
    const person = await world.person('Rita')
    const projectId = await world.place({
      name: 'Rita’s series',
      form: OUTLIERS,
      payloads: [{ values: [3, 4, 40, 5] }, { values: [7, 1, 8, 9] }],
      people: [person.userId],
    })
    const { page, faults } = await world.tab(await person.link())
    await headed(page, 'Outliers')
    const frame = page.frameLocator('iframe.renderer')
    const bar = frame.getByRole('button', { name: 'Value 3: 40' })
    // Nothing is handed in that nobody answered.
    await bar.waitFor()
    await page.keyboard.press('Control+Enter')
    await page.getByText('Places that do not belong: This question needs an answer').waitFor()
    await focusOn(bar)
    await page.keyboard.press('Space')
    expect(await bar.getAttribute('aria-pressed')).toBe('true')
    await page.getByText(/^Saved/).waitFor()
    await page.getByText('needs an answer').waitFor({ state: 'detached' })
    expect(await violations(page)).toEqual([])
    await shot(page, 'work-renderer')
    await page.emulateMedia({ colorScheme: 'dark' })
    await expect.poll(() => frame.locator('html').getAttribute('data-theme')).toBe('dark')

    // A reload has the draft, and tells the renderer of it.
    await page.reload()
    await expect.poll(() => bar.getAttribute('aria-pressed').catch(() => null)).toBe('true')
    await frame.getByRole('button', { name: 'Value 1: 3' }).click()
    await page
      .getByRole('button', { name: /Submit/ })
      .first()
      .click()
    await frame.getByRole('button', { name: 'Value 1: 7' }).waitFor()
    expect(await results(world.muster, projectId, 1)).toEqual([{ marked: [0, 2] }])

    await focusOn(page.getByRole('heading', { name: 'Outliers' }))
    await page.keyboard.press('[')
    const past = page.getByRole('dialog').frameLocator('iframe.renderer')
    await past.getByRole('button', { name: 'Value 3: 40' }).waitFor()
    expect(await past.getByRole('button', { name: 'Value 3: 40' }).isDisabled()).toBe(true)
    expect(faults).toEqual([])
  })

  it('shows a reviewer the work as it draws it, to be looked at', async () => {
    const [ann, rev] = await Promise.all([world.person('Ann'), world.person('Rev')])
    await world.place({
      name: 'Reviewed series',
      form: OUTLIERS,
      steps: [
        { stepId: 'label', stepType: 'annotation' },
        { stepId: 'check', stepType: 'review' },
      ],
      payloads: [{ values: [1, 2, 30] }],
      people: [ann.userId, rev.userId],
    })
    const { userId } = ann
    const claimed = await world.muster.assignments.claimNext({ userId })
    if (claimed.kind !== 'claimed') throw new Error('Nothing to claim')
    const { assignmentId } = claimed.assignment
    await world.muster.assignments.start({ userId, assignmentId })
    await world.muster.assignments.submit({ userId, assignmentId, result: { marked: [2] } })
    const { page, faults } = await world.tab(await rev.link())
    const bar = page.frameLocator('iframe.renderer').getByRole('button', { name: 'Value 3: 30' })
    await bar.waitFor()
    expect([await bar.getAttribute('aria-pressed'), await bar.isDisabled()]).toEqual(['true', true])
    await page.keyboard.press('y')
    await page.keyboard.press('Control+Enter')
    await headed(page, 'Nothing for you right now')
    expect(faults).toEqual([])
  })

  it('is told what is shown and answered, and is heard in its own words alone', async () => {
    const { page, frame, projectId, faults } = await atRenderer('Bo', BARE, { text: 'as it is' })
    await expect
      .poll(() => frame.evaluate(() => (globalThis as { told?: unknown }).told))
      .toEqual({
        show: [{ name: 'text', as: 'text', value: 'as it is' }],
        answer: {},
        theme: 'light',
        readOnly: false,
      })
    await say(frame, { height: 777 })
    await expect.poll(() => page.locator('iframe.renderer').evaluate((it) => it.style.height)).toBe('777px')
    await say(frame, { submit: true }, { height: 'x' }, { answer: [1] }, 'words', {
      answer: { words: 'yes' },
    })
    await page.getByText(/^Saved/).waitFor()

    // Others that say so are not heard.
    await page.evaluate(() => postMessage({ answer: { words: 'forged' } }, '*'))
    await say(frame, { answer: { words: 'yes', secret: 1 } })
    await page.getByText('The renderer answers secret, which the form does not ask').waitFor()

    // Its answers are judged like any.
    await say(frame, { answer: { words: 'much longer than ten' } })
    await page
      .getByRole('button', { name: /Submit/ })
      .first()
      .click()
    await page.getByText(/^Words: /).waitFor()
    await say(await frameOf(page), { answer: { words: 'yes' } })
    await page
      .getByRole('button', { name: /Submit/ })
      .first()
      .click()
    expect(await results(world.muster, projectId, 1)).toEqual([{ words: 'yes' }])
    expect(faults).toEqual([])
  })

  it('hears the last of too many messages', async () => {
    const { page, frame } = await atRenderer('Flo', BARE, { text: 'x' })
    const kept = page.waitForResponse(
      (response) => response.ok() && (response.request().postData() ?? '').includes('"n499"'),
    )
    await say(frame, ...Array.from({ length: 500 }, (_, n) => ({ answer: { words: `n${n}` } })))
    await kept
    await page.reload()
    const again = await frameOf(page)
    await expect
      .poll(() => again.evaluate(() => (globalThis as { told?: { answer: unknown } }).told?.answer))
      .toEqual({ words: 'n499' })
  })
})

/** What a renderer might try to reach: each says what came of it, or fails. */
const ESCAPES: Readonly<Record<string, (elsewhere: string) => unknown>> = {
  localStorage: () => localStorage.setItem('escaped', '1'),
  sessionStorage: () => sessionStorage.length,
  cookies: () => document.cookie,
  indexedDB: () => indexedDB.open('escaped'),
  'the page around it': () => parent.document.title,
  'its address': () => parent.location.href,
  fetch: (to) => fetch(`${to}/fetch`),
  'fetch of the API': () => fetch('/api/v1/session'),
  // It says that it was sent, whether or not it may be.
  'a beacon': (to) => navigator.sendBeacon(`${to}/beacon`, 'x') && null,
  'an image': (to) =>
    new Promise((resolve, reject) => {
      const image = new Image()
      image.onload = resolve
      image.onerror = () => reject(new Error('refused'))
      image.src = `${to}/image.png`
    }),
  'a script': (to) =>
    new Promise((resolve, reject) => {
      const script = document.createElement('script')
      script.onload = resolve
      script.onerror = () => reject(new Error('refused'))
      script.src = `${to}/script.js`
      document.head.append(script)
    }),
  'a socket': (to) =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(to.replace('http', 'ws'))
      socket.onopen = resolve
      socket.onerror = () => reject(new Error('refused'))
    }),
  'a stream': (to) =>
    new Promise((resolve, reject) => {
      const stream = new EventSource(`${to}/stream`)
      stream.onopen = resolve
      stream.onerror = () => reject(new Error('refused'))
    }),
  // Browsers refuse one of another origin in any case.
  'a worker': () =>
    new Promise((resolve, reject) => {
      const worker = new Worker('data:text/javascript,postMessage(1)')
      worker.onmessage = resolve
      worker.onerror = () => reject(new Error('refused'))
    }),
  'a pop-up': (to) => window.open(`${to}/popup`),
}

/** Whether an attempt came to something, as far as who makes it can tell. */
async function escapes(frame: Frame, name: string): Promise<boolean> {
  const attempt = String(ESCAPES[name])
  const what = await frame
    .evaluate<unknown>(`Promise.resolve((${attempt})(${JSON.stringify(elsewhere)})).then(String)`)
    .catch(() => 'null')
  return what !== 'null'
}

describe('the frame of a renderer', () => {
  it('reaches nothing', async () => {
    const { page, frame, context } = await atRenderer('Esra', BARE, { text: 'secret' })
    const came: string[] = []
    for (const name of Object.keys(ESCAPES)) if (await escapes(frame, name)) came.push(name)
    expect(came).toEqual([])
    expect(reached).toEqual([])
    expect(context.pages()).toEqual([page])
    await context.close()
  })

  it('stays where it is, and keeps the page where it is', async () => {
    const { page, frame, context } = await atRenderer('Navi', BARE, { text: 'secret' })
    const before = page.url()
    await frame.evaluate((to) => {
      try {
        top?.location.assign(`${to}/top`)
      } catch {
        // As it should be.
      }
      const link = document.createElement('a')
      link.href = `${to}/link`
      link.target = '_top'
      document.body.append(link)
      link.click()
      const form = document.createElement('form')
      form.action = `${to}/form`
      document.body.append(form)
      form.submit()
    }, elsewhere)
    await frame.evaluate((to) => location.assign(`${to}/own`), elsewhere).catch(() => undefined)
    // A turn of the page later it would be gone.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))))
    await page.getByRole('button', { name: /Submit/ }).waitFor()
    expect(page.url()).toBe(before)
    expect(reached).toEqual([])
    await context.close()
  })

  // The last: what it sends may arrive after it.
  it('would be noticed if it let any of that through', async () => {
    const { page, context } = await world.tab(`${elsewhere}/weak`)
    const frame = page.frame({ url: `${elsewhere}/weak-inside` })
    if (frame === null) throw new Error('There is no frame')
    const unnoticed: string[] = []
    for (const name of Object.keys(ESCAPES)) {
      reached.splice(0)
      const isThrough = await escapes(frame, name)
      const isNoticed = isThrough || (await vi.waitUntil(() => reached.length > 0).catch(() => false))
      if (!isNoticed) unnoticed.push(name)
    }
    expect(unnoticed).toEqual([])
    await context.close()
  })
})
