import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { wholeChromiumBinary } from '@muster/test-services'
import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core'
import type { Served } from './server.ts'

/** The process that serves, by calls. */
export interface ServerProcess {
  readonly origin: string
  readonly ask: Served
  stop(): void
}

/** Serves Muster with its page in a process of its own, so that what drives the browser takes no time from it. */
export async function serve(connectionString: string): Promise<ServerProcess> {
  const child = fork(fileURLToPath(new URL('./server.ts', import.meta.url)), [connectionString])
  const waiting = new Map<number, { done: (answer: unknown) => void; failed: (error: Error) => void }>()
  const asked = (turn: number): Promise<unknown> =>
    new Promise((done, failed) => {
      waiting.set(turn, { done, failed })
    })
  child.on('message', ({ turn, answer, error }: { turn: number; answer?: unknown; error?: string }) => {
    const one = waiting.get(turn)
    waiting.delete(turn)
    if (error === undefined) one?.done(answer)
    else one?.failed(new Error(error))
  })
  child.once('exit', (code) => {
    for (const { failed } of waiting.values()) failed(new Error(`The server ended with ${code}`))
  })
  const origin = (await asked(0)) as string
  let turns = 0
  const ask = new Proxy({} as Served, {
    get:
      (_target, name) =>
      (...args: readonly unknown[]) => {
        turns += 1
        child.send({ turn: turns, name, args })
        return asked(turns)
      },
  })
  return { origin, ask, stop: () => child.kill() }
}

/** A tab with what Chromium itself tells of it. */
export interface Tab {
  readonly page: Page
  readonly cdp: CDPSession
  close(): Promise<void>
}

// Root has no sandbox; every page that is opened is our own. Heaps are told exactly.
const args = ['--no-sandbox', '--disable-dev-shm-usage', '--enable-precise-memory-info']

export async function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: await wholeChromiumBinary(), args })
}

/** A browser that is killed, and can say nothing to anybody any more. */
export async function openDoomed(): Promise<{
  readonly browser: Browser
  readonly kill: () => Promise<void>
}> {
  const server = await chromium.launchServer({ executablePath: await wholeChromiumBinary(), args })
  return { browser: await chromium.connect(server.wsEndpoint()), kill: () => server.kill() }
}

/** A tab of a fresh profile, which notes from its beginning what the benchmark asks of it. */
export async function openTab(browser: Browser): Promise<Tab> {
  const context: BrowserContext = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  page.setDefaultTimeout(120_000)
  await page.addInitScript(notes)
  const cdp = await context.newCDPSession(page)
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
  return { page, cdp, close: () => context.close() }
}

/** Notes of a page about itself: when something was there first, how long turns of Work took, frames, and a figure's changes. */
interface Notes {
  drawnAt: number | undefined
  turns: number[]
  frames: number[]
  figures: [at: number, value: number][]
  /** Waits until a selector is there, and gives how long after `since` its frame was painted. */
  until(selector: string, text: string, since: number): Promise<number>
}

declare global {
  interface Window {
    notes: Notes
  }
}

/** Runs in the page. */
function notes(): void {
  const afterPaint = (act: (at: number) => void): void => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => act(performance.now())
      port2.postMessage(0)
    })
  }
  const mine: Notes = {
    drawnAt: undefined,
    turns: [],
    frames: [],
    figures: [],
    until: (selector, text, since) =>
      new Promise((done) => {
        const look = (): void => {
          const found = document.querySelector(selector)
          if (found === null || !(found.textContent ?? '').includes(text)) requestAnimationFrame(look)
          else afterPaint((at) => done(at - since))
        }
        look()
      }),
  }
  window.notes = mine
  let pressedAt: number | undefined
  let before = ''
  // The first of its text alone: to look must cost next to nothing.
  const itemNow = (): string => {
    const text = document.querySelector('article.item .plain-text')?.firstChild
    return text instanceof Text ? text.data.slice(0, 24) : ''
  }
  addEventListener(
    'keydown',
    ({ key, timeStamp }) => {
      if (key === 'Enter') [pressedAt, before] = [timeStamp, itemNow()]
    },
    { capture: true },
  )
  const hasChanged = (): boolean => {
    const now = itemNow()
    return now !== '' && now !== before && document.activeElement?.tagName === 'H1'
  }
  const eachFrame = (at: number): void => {
    mine.frames.push(at)
    if (mine.drawnAt === undefined && document.querySelector('main:not([aria-busy]) h1') !== null)
      afterPaint((drawn) => {
        mine.drawnAt ??= drawn
      })
    if (pressedAt !== undefined && hasChanged()) {
      const from = pressedAt
      pressedAt = undefined
      afterPaint((painted) => mine.turns.push(painted - from))
    }
    const settled = document.querySelector('.run .key-figures dd')?.firstChild?.textContent ?? ''
    const value = Number(settled.replaceAll(/[^\d]/g, ''))
    if (settled !== '' && mine.figures.at(-1)?.[1] !== value)
      mine.figures.push([performance.timeOrigin + at, value])
    requestAnimationFrame(eachFrame)
  }
  requestAnimationFrame(eachFrame)
}

/** Thread time of the page in ms, and its heap in MB after a collection. */
export async function threadMs({ cdp }: Tab): Promise<number> {
  const { metrics } = await cdp.send('Performance.getMetrics')
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1_000
}

export async function heapMb({ cdp }: Tab): Promise<number> {
  await cdp.send('HeapProfiler.collectGarbage')
  await cdp.send('HeapProfiler.collectGarbage')
  const { usedSize } = await cdp.send('Runtime.getHeapUsage')
  return usedSize / 1_000_000
}

/** Frames a second, and the longest gap between two, of what was noted since the last call. */
export async function framesSince(
  page: Page,
): Promise<{ readonly perSecond: number; readonly longest: number }> {
  const frames = await page.evaluate(() => window.notes.frames.splice(0))
  const gaps = frames.slice(1).map((at, nth) => at - (frames[nth] ?? at))
  const span = (frames.at(-1) ?? 0) - (frames[0] ?? 0)
  return { perSecond: (gaps.length * 1_000) / span, longest: Math.max(...gaps) }
}
