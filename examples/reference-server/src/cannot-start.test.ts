import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { dataDirectory, startChild } from './server-child.test.support.ts'

const TIMEOUT_MS = 120_000
const directory = await dataDirectory()

describe('a server that cannot start', { timeout: TIMEOUT_MS }, () => {
  it('names the folder and who holds it, or the port that is taken', async () => {
    const holder = startChild({ MUSTER_DATA_DIR: directory })
    await holder.said(/token \(admin\): (\S+)\n/)
    const { code, stderr, stdout } = await startChild({ MUSTER_DATA_DIR: directory }).exit
    expect(code).toBe(1)
    expect(oneLine(stderr)).toContain(`${directory} is in use by process ${holder.pid}`)
    expect(stdout).toBe('')

    holder.kill('SIGKILL')
    await holder.exit
    const other = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void other.close())
    await once(other, 'listening')
    const address = other.address()
    const port = String(typeof address === 'object' && address?.port)
    const onPort = await startChild({ MUSTER_DATA_DIR: directory, PORT: port }).exit
    expect(onPort.code).toBe(1)
    expect(oneLine(onPort.stderr)).toContain(`PORT ${port} on 127.0.0.1 is taken`)
  })

  it('says which variable is wrong', async () => {
    const { code, stderr } = await startChild({ MUSTER_ROLES: 'cook' }).exit
    expect(code).toBe(1)
    expect(oneLine(stderr)).toContain('MUSTER_ROLES must be')
  })

  it('says that the database is away, waits for it, and stops when it is told to', async () => {
    const server = startChild({
      DATABASE_URL: 'postgres://muster:hidden@127.0.0.1:1/muster',
      MUSTER_JWT_SECRET: 'a secret of more than thirty-two characters',
    })
    await server.logged(/(The database is away: the server waits for it)/)
    const origin = await server.logged(/listening on (http:\/\/[^"\s]+)/)
    const statusOf = async (path: string): Promise<number> => (await fetch(origin + path)).status
    expect(await Promise.all(['/healthz', '/readyz', '/metrics'].map(statusOf))).toEqual([200, 503, 503])
    server.kill('SIGTERM')
    const { code, stderr } = await server.exit
    expect(code).toBe(0)
    expect(stderr).not.toContain('hidden')
  })
})

/** What was written, which must be a single line. */
function oneLine(text: string): string {
  expect(text.trimEnd().split('\n')).toHaveLength(1)
  return text
}
