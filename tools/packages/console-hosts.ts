import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { chromiumBinary } from '@muster/test-services'
import { chromium, type Page } from 'playwright-core'

const PATIENCE_MS = 60_000
const VISITOR = 'Visitor of the tarballs'

/** A manager whose queue has one task, and what authenticates them. */
const WORLD = `
const muster = await createMuster({ modules: [coreModule()] })
const { userId } = await muster.people.add({ displayName: '${VISITOR}', role: 'manager' })
const steps = [{ stepId: 'label', stepType: 'annotation' }]
const { workflowId } = await muster.workflows.add({ name: 'From tarballs', steps })
const { projectId } = await muster.projects.add({ name: 'From tarballs', workflowId })
await muster.projects.addMember(projectId, userId)
await muster.tasks.add(projectId, [{ payload: { text: 'Good morning' } }])
const authenticator = {
  authenticate: async () => ({ userId, role: 'manager', expiresAt: new Date(Date.now() + 3_600_000) }),
}
`

/** Prints a link, and ends with its parent. */
const printed = (server: string, prefix: string): string => `
${server}.listen(0, '127.0.0.1', async () => {
  const origin = 'http://127.0.0.1:' + ${server}.address().port
  console.log(origin + '${prefix}/#code=' + (await consoleCode({ muster }, 'token')))
})
process.stdin.resume().on('end', () => process.exit())
`

const IMPORTS = `
import Fastify from 'fastify'
import { consoleCode, consoleHandler, musterConsole } from '@muster/console'
import { coreModule, createMuster } from '@muster/host'
import { musterHttp } from '@muster/transport-http'
import { attachMusterWs } from '@muster/transport-ws'
`

/** Programs of hosts that serve the console, by the name of their file; the lines that are for the console end in a comment. */
export const CONSOLE_HOSTS: Readonly<Record<string, string>> = {
  'console-in-fastify.mjs': `${IMPORTS}${WORLD}
const app = Fastify()
await app.register(musterHttp, { muster, authenticator })
await app.register(musterConsole, { muster, authenticator, prefix: '/console' }) // console
attachMusterWs(app.server, { muster, authenticator })
await app.ready()
${printed('app.server', '/console')}`,
  'console-in-plain-node.mjs': `import { createServer } from 'node:http'
${IMPORTS}${WORLD}
const work = Fastify()
await work.register(musterHttp, { muster, authenticator, base: '/work' })
await work.ready()
const where = { prefix: '/work/console', api: '/work/api/v1', socketPath: '/work/socket.io' } // console
const page = consoleHandler({ muster, authenticator, ...where }) // console
const server = createServer((request, response) =>
  page(request, response, () => work.routing(request, response)), // console
)
attachMusterWs(server, { muster, authenticator, base: '/work' })
${printed('server', '/work/console')}`,
}

/** How many lines a host needs for the console. */
export function linesForConsole(program: string): number {
  return program.split('\n').filter((line) => line.endsWith('// console')).length
}

/**
 * Starts a host of {@link CONSOLE_HOSTS} and works at its page in Chromium: signs in by its link, gets the task that there is, and sees
 * that the page is live under its policy.
 * @param node the Node that runs the host
 * @returns what is wrong with the page, a line each
 */
export async function faultsOfConsole(node: string, folder: string, file: string): Promise<string[]> {
  const host = spawn(node, [file], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] })
  const browser = await chromium.launch({
    executablePath: await chromiumBinary(),
    // Root has no sandbox; the page is our own.
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  })
  try {
    const link = await firstLine(host)
    const page = await browser.newPage()
    page.setDefaultTimeout(PATIENCE_MS)
    const faults = faultsOf(page, new URL(link).origin)
    const policy = (await page.goto(link))?.headers()['content-security-policy'] ?? ''
    if (!policy.startsWith(`default-src 'none'; script-src 'self';`)) faults.push(`policy: ${policy}`)
    await page.getByRole('button', { name: VISITOR }).waitFor()
    await page.getByText('live', { exact: true }).waitFor()
    await page.getByText('Good morning').waitFor()
    if (new URL(page.url()).hash.includes('code')) faults.push(`address: ${page.url()}`)
    return faults
  } finally {
    await browser.close()
    host.stdin.end()
    if (host.exitCode === null) await once(host, 'exit')
  }
}

function faultsOf(page: Page, origin: string): string[] {
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`))
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(`console: ${message.text()}`)
  })
  page.on('requestfailed', (request) => faults.push(`failed: ${request.url()}`))
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) faults.push(`request: ${request.url()}`)
  })
  return faults
}

async function firstLine(host: ChildProcessByStdio<Writable, Readable, null>): Promise<string> {
  const ended = once(host, 'exit').then(([code]) => {
    throw new Error(`The host ended with ${String(code)} before it printed a link`)
  })
  const [line] = (await Promise.race([once(createInterface(host.stdout), 'line'), ended])) as [string]
  return line
}
