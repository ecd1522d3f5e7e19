import { join } from 'node:path'
import type { JobType, Json, ProjectId, Role, UserId } from '@muster/core'
import type { NewForm } from '@muster/core/forms'
import type { Authenticator, Clock } from '@muster/core/ports'
import { fileReader } from '@muster/formats'
import { coreModule, createMuster, type Muster, silentLogger } from '@muster/host'
import { chromiumBinary } from '@muster/test-services'
import { musterHttp } from '@muster/transport-http'
import { attachMusterWs } from '@muster/transport-ws'
import { source } from 'axe-core'
import { type FastifyInstance, fastify } from 'fastify'
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core'
import { expect, onTestFinished, TestRunner } from 'vitest'
import { type ConsoleOptions, consoleCode, musterConsole } from '../server/index.ts'

const HOUR_MS = 3_600_000
const PATIENCE_MS = 60_000

/** Somebody who can open the page. */
export interface Person {
  readonly userId: UserId
  /** A link that works once. */
  readonly link: () => Promise<string>
}

/** A project with tasks at one step, or at several. */
export interface Place {
  readonly name: string
  readonly form?: NewForm
  readonly payloads: readonly Json[]
  readonly steps?: readonly {
    readonly stepId: string
    readonly stepType: 'annotation' | 'review' | 'adjudication'
    readonly [key: string]: unknown
  }[]
  readonly assignment?: object
  readonly people: readonly UserId[]
}

/** A tab, and what went wrong in it that no person would see. */
export interface Tab {
  readonly page: Page
  readonly context: BrowserContext
  /** Errors of the page, of its console and of its policy, and requests to other origins. */
  readonly faults: readonly string[]
}

interface WorldOptions extends Pick<ConsoleOptions, 'signIn' | 'renderers'> {
  readonly jobTypes?: readonly JobType[]
  readonly authenticator?: Authenticator
  /** The server's; default: that of this machine. */
  readonly clock?: Clock
}

/** A token is a role and a person; who signs it is not what is tested here. */
const tokensOfTests: Authenticator = {
  authenticate: async (token) => {
    const [role, userId] = token.split('.') as [Role, UserId]
    return { userId, role, expiresAt: new Date(Date.now() + HOUR_MS) }
  },
}

/** Muster with its page on a free port, and a browser. */
export class World {
  readonly muster: Muster
  readonly app: FastifyInstance
  readonly origin: string
  readonly #browser: Browser
  readonly #closeWs: () => Promise<void>

  private constructor(parts: {
    muster: Muster
    app: FastifyInstance
    origin: string
    browser: Browser
    closeWs: () => Promise<void>
  }) {
    this.muster = parts.muster
    this.app = parts.app
    this.origin = parts.origin
    this.#browser = parts.browser
    this.#closeWs = parts.closeWs
  }

  static async open({
    jobTypes = [],
    authenticator = tokensOfTests,
    clock,
    ...page
  }: WorldOptions = {}): Promise<World> {
    const muster = await createMuster({
      modules: [coreModule({ jobTypes, files: fileReader, logger: silentLogger, ...(clock && { clock }) })],
    })
    const app = fastify({ forceCloseConnections: true })
    await app.register(musterHttp, { muster, authenticator, requestsPerMinute: 0, operations: false })
    await app.register(musterConsole, { muster, authenticator, prefix: '/console', ...page })
    const ws = attachMusterWs(app.server, { muster, authenticator })
    const origin = await app.listen({ host: '127.0.0.1', port: 0 })
    const browser = await chromium.launch({
      executablePath: await chromiumBinary(),
      // Root has no sandbox; every page that is opened is our own.
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    })
    return new World({ muster, app, origin, browser, closeWs: () => ws.close() })
  }

  async close(): Promise<void> {
    await this.#browser.close()
    await this.#closeWs()
    await this.app.close()
    await this.muster.close()
  }

  async person(displayName: string, role: Role = 'annotator'): Promise<Person> {
    const { userId } = await this.muster.people.add({ displayName, role })
    return {
      userId,
      link: async () =>
        `${this.origin}/console/#code=${await consoleCode({ muster: this.muster }, `${role}.${userId}`)}`,
    }
  }

  async place({ name, form, payloads, steps, assignment, people }: Place): Promise<ProjectId> {
    const { muster } = this
    const all = steps ?? [{ stepId: 'label', stepType: 'annotation' as const }]
    const { workflowId } = await muster.workflows.add({
      name,
      steps: all.map((step) => (form && step.stepType === 'annotation' ? { ...step, form } : step)),
    })
    // What is handed in goes through at once, but for tests that take it back.
    const { projectId } = await muster.projects.add({
      name,
      workflowId,
      assignment: { undoSeconds: 0, ...assignment },
    })
    for (const userId of people) await muster.projects.addMember(projectId, userId)
    if (payloads.length > 0)
      await muster.tasks.add(
        projectId,
        payloads.map((payload, place) => ({ payload, externalId: `t${place + 1}` })),
      )
    return projectId
  }

  /** A fresh browser profile at the page, until its test is over: a page that nobody looks at goes on drawing and asking. */
  async tab(address: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Tab> {
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
    // One of a whole file ends with its browser.
    if (TestRunner.getCurrentTest() !== undefined) onTestFinished(() => context.close())
    // As on plain http, whose pages have no secure context.
    await context.addInitScript(() => Reflect.deleteProperty(Crypto.prototype, 'randomUUID'))
    const page = await context.newPage()
    // A test that waits in vain says for what.
    page.setDefaultTimeout(PATIENCE_MS)
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(`error: ${error.message}`))
    page.on('console', (message) => {
      // A browser says in its console that a call was refused; what is told to the person is looked at elsewhere.
      const isRefusal = message.text().startsWith('Failed to load resource')
      if (['error', 'warning'].includes(message.type()) && !isRefusal)
        faults.push(`console: ${message.text()}`)
    })
    page.on('dialog', (dialog) => {
      faults.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('request', (request) => {
      const url = new URL(request.url())
      if (!['data:', 'blob:'].includes(url.protocol) && url.origin !== this.origin)
        faults.push(`request: ${url.href}`)
    })
    await page.goto(address)
    return { page, context, faults }
  }
}

/** Every violation of WCAG 2.2 AA and of good practice that axe finds, a line each. */
export async function violations(page: Page): Promise<string[]> {
  // The page's policy lets nothing in; the debugger may put it there.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(source)
  const found = await page.evaluate(async () => {
    // A dialog that is still coming in is paler than its colours.
    await Promise.allSettled(document.getAnimations().map(({ finished }) => finished))
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') }
    const { violations } = await axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      // It is in this frame alone, and would wait for the others to answer.
      iframes: false,
      // Else it names each element that passes by a selector of its own.
      resultTypes: ['violations'],
    })
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary ?? ''}`),
    )
  })
  return found
}

/** Windows and themes in which pages are looked at. */
export const WINDOWS = [
  ['light', 1280, 800],
  ['dark', 1280, 800],
  ['light', 360, 740],
  ['dark', 360, 740],
] as const

/** Looks at the page as it is: the audit finds no fault, and nothing of it is wider than the window. */
export async function looksWell(page: Page, name: string): Promise<void> {
  await shot(page, name)
  expect([name, await violations(page)]).toEqual([name, []])
  const wider = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect([name, wider]).toEqual([name, 0])
}

/** The same in all windows and themes, one after the other. */
export async function looksWellInAll(page: Page, name: string): Promise<void> {
  for (const [colorScheme, width, height] of WINDOWS) {
    await page.setViewportSize({ width, height })
    await page.emulateMedia({ colorScheme })
    await looksWell(page, `${name}-${colorScheme}-${width}`)
  }
  await page.setViewportSize({ width: 1280, height: 800 })
}

/** Lets calls fail on the server from now on, which {@link BROKEN} says on the page. @returns mends them */
export async function breakCalls(page: Page, calls: string | RegExp): Promise<() => Promise<void>> {
  const problem = { status: 500, code: 'internal', detail: 'It broke', requestId: 'r-17' }
  await page.route(calls, (route) =>
    route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify(problem) }),
  )
  return () => page.unroute(calls)
}

/** What a page says of calls that {@link breakCalls} has broken. */
export const BROKEN = 'internal · r-17'

/** Presses keys, one after the other. */
export async function press(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key)
}

/** Gives an element the focus once it takes it: a dialog whose deed was just done may lie over it a moment longer. */
export async function focusOn(element: Locator): Promise<void> {
  await expect
    .poll(async () => {
      await element.focus()
      return element.evaluate((node) => node === node.ownerDocument.activeElement)
    })
    .toBe(true)
}

/** Keeps a picture for people to look at, if a folder for them is named. */
export async function shot(page: Page, name: string): Promise<void> {
  const folder = process.env['CONSOLE_SHOTS']
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`) })
}

/** Waits for the heading of the page. */
export async function headed(page: Page, title: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name: title }).waitFor()
}

/** Waits until the results of a project are as many, and gives the last submission of each. */
export async function results(muster: Muster, projectId: ProjectId, count: number): Promise<unknown[]> {
  let found: unknown[] = []
  const read = async (): Promise<number> => {
    found = []
    for await (const { submissions } of muster.tasks.results(projectId))
      found.push(submissions.at(-1)?.result)
    return found.length
  }
  await expect.poll(read).toBe(count)
  return found
}
