import { MusterError } from '@muster/client'
import { EXIT } from './command-error.ts'
import { type Connection, NO_MUSTER, wordsOf } from './connection.ts'

/** How far clocks may be apart before tokens that were made just now are refused. */
const MOST_SKEW_MS = 5_000
/** A token that ends sooner than this ends in the middle of work. */
const ENDS_SOON_MS = 60 * 60 * 1_000
const OLDEST_NODE = [22, 18] as const
/** Some process must do each. */
const ROLES = ['api', 'worker', 'scheduler'] as const

/** One look. `ok` is null where it could not be taken. */
interface Check {
  readonly name: string
  readonly ok: boolean | null
  readonly says: string
}

/** `muster doctor`: what a caller finds amiss between here and the server. Exits with 1 if something is. */
export async function doctor(
  { muster, url }: Connection,
  say: (words: string) => void,
): Promise<{ readonly told: object; readonly exitCode: number }> {
  const checks: Check[] = [nodeCheck(process.versions.node), await readiness(url)]
  const askedAt = Date.now()
  try {
    const session = await muster.session.get()
    const { userId, role, displayName, expiresAt, serverTime, version } = session
    // Anything may answer with JSON of its own.
    if (Number.isNaN(Date.parse(serverTime))) throw new SyntaxError('The session has no time')
    checks.push({ name: 'server', ok: true, says: `version ${version}` })
    checks.push(skewCheck(Date.parse(serverTime), (askedAt + Date.now()) / 2))
    const leftMs = Date.parse(expiresAt) - Date.parse(serverTime)
    const who = `${displayName ?? userId}, ${role}`
    const until = `until ${expiresAt}`
    checks.push({ name: 'token', ok: leftMs >= ENDS_SOON_MS, says: `of ${who}, ${until}` })
    checks.push(...(await setup(muster, role)))
  } catch (error) {
    if (error instanceof SyntaxError) checks.push({ name: 'server', ok: false, says: NO_MUSTER })
    else if (error instanceof MusterError) {
      const isMuster = error.status !== null && error.code !== 'no_problem'
      checks.push({ name: isMuster ? 'token' : 'server', ok: false, says: wordsOf(error) })
    } else throw error
  }
  for (const { name, ok, says } of checks)
    say(`${ok === null ? 'unknown' : ok ? 'ok' : 'AMISS'}: ${name}: ${says}`)
  return { told: { checks }, exitCode: checks.some(({ ok }) => ok === false) ? EXIT.no : 0 }
}

function nodeCheck(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [oldest, oldestMinor] = OLDEST_NODE
  const ok = major > oldest || (major === oldest && minor >= oldestMinor)
  return { name: 'node', ok, says: `${version}, at least ${oldest}.${oldestMinor}` }
}

/** Whether the server says that it would take a write. A host may serve that elsewhere, or not at all. */
async function readiness(url: string): Promise<Check> {
  const name = 'ready'
  try {
    const answer = await fetch(`${url}/readyz`)
    if (answer.status === 404) return { name, ok: null, says: 'the server has no /readyz here' }
    return { name, ok: answer.ok, says: `/readyz answers ${answer.status}` }
  } catch (error) {
    const { message, cause } = error as Error
    const { code } = Object(cause) as NodeJS.ErrnoException
    const why = code ?? (cause instanceof Error ? cause.message : message)
    // Errors of the system and of time are those of connecting; of others something answered that is no HTTP, or a port is never asked.
    const isAway = /^E(?!RR_)|^UND_ERR_/.test(why)
    return { name, ok: false, says: `${isAway ? 'the server is away' : '/readyz cannot be read'}: ${why}` }
  }
}

function skewCheck(serverMs: number, hereMs: number): Check {
  const apartMs = Math.round(serverMs - hereMs)
  const says = `the server's is ${Math.abs(apartMs)} ms ${apartMs < 0 ? 'behind' : 'ahead of'} this one`
  return { name: 'clock', ok: Math.abs(apartMs) <= MOST_SKEW_MS, says }
}

/** What only admins are told. */
async function setup(muster: Connection['muster'], role: string): Promise<Check[]> {
  if (role !== 'admin') return [{ name: 'setup', ok: null, says: 'only an admin is told' }]
  const [{ checks, database }, { processes = [] }] = await Promise.all([
    muster.system.get(),
    muster.system.processes(),
  ])
  const away = Object.entries(checks).filter(([, state]) => state !== 'ok')
  const backends = Object.keys(checks).join(', ')
  const told: Check[] = [
    {
      name: 'backends',
      ok: away.length === 0,
      says: away.map(([backend, state]) => `${backend}: ${String(state)}`).join(', ') || backends,
    },
  ]
  if (database !== null)
    told.push({
      name: 'database',
      ok: true,
      says: `${database.server}, ${database.migrations} migrations, the last is ${database.latestMigration}`,
    })
  const alive = processes.filter(({ silentSince }) => silentSince === null)
  const missing = ROLES.filter((each) => !alive.some(({ roles }) => roles.includes(each)))
  if (processes.length > 0)
    told.push({
      name: 'roles',
      ok: missing.length === 0,
      says: missing.length > 0 ? `no process is ${missing.join(', ')}` : `${alive.length} processes`,
    })
  return told
}
