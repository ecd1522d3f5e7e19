import { loadavg } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import type { Role, UserId } from '@muster/core'
import { builtConsole } from '@muster/test-services'
import type { Browser, Page } from 'playwright-core'
import {
  framesSince,
  heapMb,
  openBrowser,
  openDoomed,
  openTab,
  type ServerProcess,
  serve,
  type Tab,
  threadMs,
} from './console/browser.ts'
import { built } from './console/built.ts'
import { measured, printBars, printElsewhere, type Round, share } from './console/figures.ts'
import { fill, type Lists } from './console/lists.ts'
import { openServer } from './databases.ts'
import { keep, machine, roundsWished } from './rounds.ts'

/** What a shorter sitting makes smaller; the bars are about what stands here. */
const ITEMS = Number(process.env['CONSOLE_ITEMS'] ?? 1_000)
const SCENARIOS = Number(process.env['CONSOLE_SCENARIOS'] ?? 100_000)
const WATCHED_S = Number(process.env['CONSOLE_SECONDS'] ?? 60)
const OPEN_MINUTES = Number(process.env['CONSOLE_MINUTES'] ?? 10)

const FAR_ITEMS = Math.max(5, Math.round(ITEMS * 0.03))
const FAR_MS = 150
const LOOK_MS = 20
const FAR_PAUSE_MS = 1_200
const PACE = 100
const QUIET_PACE = 10
const CUT_EACH_S = 60
const SCROLL_S = 5
/** By then a page that is out of sight has let its channels rest. */
const HIDDEN_AFTER_MS = 5_000
const ROUND_OF_ITEMS = 0.34

/** The steps of a round that are taken, by name; without it all. */
const ONLY = process.env['CONSOLE_STEPS']?.split(',')

/** Each works in one project alone: whoever is in two is given what is most urgent in either. */
type Who = 'worker' | 'single' | 'manager'

const ROLES = { worker: 'annotator', single: 'annotator', manager: 'manager' } as const satisfies Record<
  Who,
  Role
>

interface World {
  readonly server: ServerProcess
  readonly browser: Browser
  readonly people: Readonly<Record<Who, UserId>>
  readonly lists: Lists
}

/** K1 to K8, K10 and K15: what a person waits for on the console's page, in Chromium, on Postgres. */
export async function console_(): Promise<void> {
  const before = loadavg()[0] ?? 0
  await builtConsole()
  const postgres = await openServer()
  const connectionString = await postgres.database()
  const server = await serve(connectionString)
  const browser = await openBrowser()
  try {
    const world = await worldOn(server, browser, connectionString)
    const rounds: Round[] = []
    for (let round = 0; round < roundsWished(); round++) {
      console.log(`round ${round + 1}, load ${(loadavg()[0] ?? 0).toFixed(1)}`)
      for (const [name, step] of Object.entries(STEPS)) {
        if (ONLY !== undefined && !ONLY.includes(name)) continue
        const figures = await step(world)
        console.log(`  ${name}: ${JSON.stringify(figures)}`)
        rounds.push(figures)
      }
    }
    for (const [name, step] of Object.entries(ONCE))
      if (ONLY === undefined || ONLY.includes(name)) rounds.push(await step(world))
    const bars = measured(rounds)
    console.log()
    printBars(bars)
    printElsewhere()
    console.log(
      `\nK15 asks for 8 h: this was open for ${OPEN_MINUTES} min. K7 has ${world.lists.jobs.toLocaleString('en')} jobs, K8 ${SCENARIOS.toLocaleString('en')} × 4. Load ${before.toFixed(1)} before, ${(loadavg()[0] ?? 0).toFixed(1)} after.`,
    )
    const setting = {
      items: ITEMS,
      scenarios: SCENARIOS,
      watchedSeconds: WATCHED_S,
      openMinutes: OPEN_MINUTES,
    }
    keep('console', { machine: machine(postgres.version), setting, bars })
  } finally {
    await browser.close()
    server.stop()
    await postgres.stop()
  }
}

async function worldOn(server: ServerProcess, browser: Browser, url: string): Promise<World> {
  const { ask } = server
  const people = {
    worker: await ask.person('Ada', 'annotator'),
    single: await ask.person('Sia', 'annotator'),
    manager: await ask.person('Mia', 'manager'),
  }
  const rounds = roundsWished()
  await ask.tasks(Math.ceil(ITEMS * ROUND_OF_ITEMS + FAR_ITEMS + 5) * rounds, 10, [people.worker])
  await ask.tasks((FAR_ITEMS + 5) * rounds, 1, [people.single])
  const lists = await fill(url, SCENARIOS)
  await ask.join(lists.projectId, [people.manager])
  return { server, browser, people, lists }
}

/** A tab of somebody who has signed in, at a page. */
async function signedIn({ server, browser, people }: World, who: Who, at: string): Promise<Tab> {
  const tab = await openTab(browser)
  await tab.page.goto(await server.ask.link(people[who], ROLES[who]))
  await tab.page.locator('main h1').first().waitFor()
  await tab.page.evaluate((hash) => {
    location.hash = hash
  }, at)
  return tab
}

/** K2: a fresh profile each time. */
async function cold({ server, browser, people }: World): Promise<Round> {
  const tab = await openTab(browser)
  try {
    await tab.page.goto(await server.ask.link(people.worker, ROLES.worker))
    await tab.page.waitForFunction(() => window.notes.drawnAt !== undefined)
    return await tab.page.evaluate(() => ({
      paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
      drawn: window.notes.drawnAt ?? Number.NaN,
    }))
  } finally {
    await tab.close()
  }
}

/** K3 and the turn of K5: items of 0.5 to 50 kB, a key for the answer and one to submit. */
async function work(world: World): Promise<Round> {
  const tab = await signedIn(world, 'worker', '#/work')
  try {
    const { page } = tab
    await page.locator('article.item').waitFor()
    const turns = Math.ceil(ITEMS * ROUND_OF_ITEMS)
    await submitMany(page, 3, 0)
    await page.evaluate(() => window.notes.turns.splice(0))
    const from = await threadMs(tab)
    await submitMany(page, turns, 0)
    const spent = (await threadMs(tab)) - from
    const times = await page.evaluate(() => window.notes.turns)
    return { turn50: share(times, 0.5), turn95: share(times, 0.95), turnThread: spent / turns }
  } finally {
    await tab.close()
  }
}

/** Answers and submits; after each the next item must be there. */
async function submitMany(page: Page, count: number, pauseMs: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const before = await page.evaluate(() => window.notes.turns.length)
    await page.keyboard.press('3')
    await page.keyboard.press('Enter')
    await page.waitForFunction((seen) => window.notes.turns.length > seen, before)
    // Somebody reads: by then the next one is held.
    await page.waitForTimeout(pauseMs === 0 ? 50 : pauseMs)
  }
}

/** K4: the server is far away. */
async function far(world: World): Promise<Round> {
  const timesOf = async (who: Who): Promise<readonly number[]> => {
    const tab = await signedIn(world, who, '#/work')
    try {
      await tab.page.locator('article.item').waitFor()
      await tab.cdp.send('Network.enable')
      const nearby = { offline: false, downloadThroughput: -1, uploadThroughput: -1 }
      await tab.cdp.send('Network.emulateNetworkConditions', { ...nearby, latency: FAR_MS })
      await checkFar(tab.page)
      await tab.page.waitForTimeout(FAR_PAUSE_MS)
      await submitMany(tab.page, FAR_ITEMS, FAR_PAUSE_MS)
      return await tab.page.evaluate(() => window.notes.turns)
    } finally {
      await tab.close()
    }
  }
  return { far95: share(await timesOf('worker'), 0.95), one50: share(await timesOf('single'), 0.5) }
}

/** @throws Error if the browser does not delay what the page asks for */
async function checkFar(page: Page): Promise<void> {
  const took = await page.evaluate(async () => {
    const since = performance.now()
    await fetch(location.pathname, { cache: 'no-store' })
    return performance.now() - since
  })
  if (took < FAR_MS) throw new Error(`A call took ${took} ms: the server is not far away`)
}

/** K5 and K6: a run that settles a hundred jobs a second. */
async function run(world: World): Promise<Round> {
  const { ask } = world.server
  const { runId, projectId } = await ask.run(PACE * (2 * WATCHED_S + 60), PACE, [world.people.manager])
  const tab = await signedIn(world, 'manager', `#/run?item=${runId}&project=${projectId}`)
  try {
    const { page } = tab
    await page.locator('.run .key-figures').waitFor()
    await page.waitForTimeout(3_000)
    await framesSince(page)
    const began = Date.now()
    const from = await threadMs(tab)
    await page.waitForTimeout(WATCHED_S * 1_000)
    const spent = (await threadMs(tab)) - from
    const frames = await framesSince(page)
    const shown = await page.evaluate(() => window.notes.figures)
    const settled = await ask.settled()
    const glass = shown.flatMap(([at, value]) => {
      const committed = settled.find(([, count]) => count >= value)?.[0]
      return at < began || committed === undefined ? [] : [Math.max(0, at - committed)]
    })
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' })
      document.dispatchEvent(new Event('visibilitychange'))
    })
    // Its own notes of frames are no part of what a hidden tab does.
    await page.evaluate(() => {
      window.requestAnimationFrame = () => 0
    })
    await page.waitForTimeout(HIDDEN_AFTER_MS)
    const hiddenFrom = await threadMs(tab)
    const hiddenMs = (WATCHED_S * 1_000) / 2
    await page.waitForTimeout(hiddenMs)
    const hidden = (await threadMs(tab)) - hiddenFrom
    return {
      runThread: (spent / (WATCHED_S * 1_000)) * 100,
      hiddenThread: (hidden / hiddenMs) * 100,
      runFrames: frames.perSecond,
      runGap: frames.longest,
      glass: share(glass, 0.95),
    }
  } finally {
    await tab.close()
    await ask.stop()
  }
}

/** K7: a list over a million jobs. */
async function list(world: World): Promise<Round> {
  const tab = await signedIn(world, 'manager', '#/queue')
  try {
    const { page } = tab
    await page.waitForTimeout(1_000)
    const listOpen = await opened(
      page,
      `#/jobs?project=${world.lists.projectId}`,
      '.jobs [role=row] .cell',
      '',
    )
    await page.locator('[role=grid]').hover()
    await framesSince(page)
    const until = Date.now() + SCROLL_S * 1_000
    let most = 0
    while (Date.now() < until) {
      await page.mouse.wheel(0, 400)
      most = Math.max(most, await page.locator('[role=row]').count())
    }
    const { perSecond } = await framesSince(page)
    return { listOpen, listFrames: perSecond, listRows: most, listHeap: await heapMb(tab) }
  } finally {
    await tab.close()
  }
}

/** Goes somewhere within the page, and gives how long it took until something was painted there. */
function opened(page: Page, hash: string, selector: string, text: string): Promise<number> {
  return page.evaluate(
    ([to, what, says]) => {
      const since = performance.now()
      location.hash = to
      return window.notes.until(what, says, since)
    },
    [hash, selector, text] as const,
  )
}

/** K8: a run of 100 000 scenarios × 4 models. */
async function results(world: World): Promise<Round> {
  const { projectId, runId, scenarios } = world.lists
  const tab = await signedIn(world, 'manager', '#/queue')
  try {
    const { page } = tab
    await page.waitForTimeout(1_000)
    const resultsOpen = await opened(
      page,
      `#/results?project=${projectId}&run=${runId}`,
      '.results .matrix-said',
      '',
    )
    await page.locator('[role=grid]').focus()
    const resultsEnd = await since(page, 'End', '.results [role=grid]', String(scenarios))
    await page.locator('[data-search]').fill('split')
    const resultsFilter = await since(
      page,
      'Enter',
      '.results .page-head',
      (scenarios / 10).toLocaleString('en').replaceAll(',', '\u202f'),
    )
    return { resultsOpen, resultsEnd, resultsFilter }
  } finally {
    await tab.close()
  }
}

/** K8: two models of that run, compared: the page, and the first pairs of all that turned. */
async function compare(world: World): Promise<Round> {
  const { projectId, runId } = world.lists
  const comparisonId = await world.server.ask.comparison(projectId, runId)
  const tab = await signedIn(world, 'manager', '#/queue')
  try {
    const { page } = tab
    await page.waitForTimeout(1_000)
    const hash = `#/compare?project=${projectId}&item=${comparisonId}`
    const began = performance.now()
    const compareOpen = await opened(page, hash, '.compare .difference', '')
    await page.locator('.compare-pairs [role=gridcell]').first().waitFor()
    return { compareOpen, comparePairs: performance.now() - began }
  } finally {
    await tab.close()
  }
}

/** Presses a key, and gives how long it took until something was painted. */
async function since(page: Page, key: string, selector: string, text: string): Promise<number> {
  const noted = page.evaluate(
    ([what, says]) =>
      new Promise<number>((done) => {
        addEventListener('keydown', ({ timeStamp }) => done(window.notes.until(what, says, timeStamp)), {
          capture: true,
          once: true,
        })
      }),
    [selector, text] as const,
  )
  await page.waitForTimeout(100)
  await page.keyboard.press(key)
  return noted
}

/** K15 in short: open at ten facts a second, its connection cut each minute. */
async function open(world: World): Promise<Round> {
  const { ask } = world.server
  const { runId, projectId } = await ask.run(QUIET_PACE * (OPEN_MINUTES * 60 + 60), QUIET_PACE, [
    world.people.manager,
  ])
  const tab = await signedIn(world, 'manager', `#/run?item=${runId}&project=${projectId}`)
  try {
    const { page } = tab
    await page.locator('.run .key-figures').waitFor()
    await page.waitForTimeout(20_000)
    // The benchmark's own notes grow; the page's heap alone is asked for.
    const emptied = (): Promise<void> =>
      page.evaluate(() => {
        window.notes.frames.length = 0
        window.notes.figures.length = 0
      })
    await emptied()
    const from = await heapMb(tab)
    let lost = 0
    for (let passed = 0; passed < OPEN_MINUTES * 60; passed += CUT_EACH_S) {
      await page.waitForTimeout(CUT_EACH_S * 1_000)
      await emptied()
      await ask.cut()
      const isBack = page.getByText('live', { exact: true }).waitFor({ timeout: 30_000 })
      await page.waitForTimeout(1_000)
      if (
        !(await isBack.then(
          () => true,
          () => false,
        ))
      )
        lost += 1
    }
    await emptied()
    return { openHeap: (await heapMb(tab)) - from, openLost: lost }
  } finally {
    await tab.close()
    await ask.stop()
  }
}

/** K10: whether a page that goes gives back what it holds unseen. */
async function gone(world: World): Promise<Round> {
  const { server, people } = world
  const begun = async (browser: Browser): Promise<Tab> => {
    const tab = await signedIn({ ...world, browser }, 'worker', '#/work')
    await tab.page.getByText('next is held').waitFor()
    return tab
  }
  const secondsUntilFree = async (): Promise<number> => {
    const since = performance.now()
    while (await server.ask.holdsAhead(people.worker)) await delay(LOOK_MS)
    return (performance.now() - since) / 1_000
  }
  const tab = await begun(world.browser)
  await tab.page.close()
  const closedFree = await secondsUntilFree()
  await tab.close()
  const doomed = await openDoomed()
  await begun(doomed.browser)
  await doomed.kill()
  return { closedFree, killedFree: await secondsUntilFree() }
}

/** The steps that are taken once. */
const ONCE: Readonly<Record<string, (world: World) => Promise<Round>>> = {
  built: async () => built(),
  gone,
  open,
}

/** The steps of a round, in their order. */
const STEPS: Readonly<Record<string, (world: World) => Promise<Round>>> = {
  cold,
  work,
  far,
  run,
  list,
  results,
  compare,
}
