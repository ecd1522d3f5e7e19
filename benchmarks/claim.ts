import { Pool } from 'pg'
import { ClaimWorld } from './claim-world.ts'
import { openServer, type Server } from './databases.ts'
import { type Hammered, hammer } from './hammer.ts'
import { alternate, keep, machine, printSeries, roundsWished } from './rounds.ts'

const OPEN = 100_000
const PEOPLE = 1_000
const MS = Number(process.env['MS'] ?? 4_000)
const CLIENTS = [20, 64]

/** S4: `claimNext` with everything it does, facts included ÷ a bare claim of one statement. */
export async function claim(): Promise<void> {
  const server = await openServer()
  const world = await ClaimWorld.on(server, PEOPLE, 1_000_000)
  const bare = await BareClaims.on(server)
  try {
    const figures = []
    for (const clients of CLIENTS) {
      const rounds: Record<string, (Hammered & { readonly statements?: number })[]> = { ours: [], bare: [] }
      const series = await alternate(
        [
          { name: 'claimNext', once: async () => noted(rounds['ours'], await claimsOf(world, clients)) },
          { name: 'bare claim', once: async () => noted(rounds['bare'], await bare.claims(clients)) },
        ],
        roundsWished(),
      )
      printSeries(`claim: ${clients} clients, ${OPEN.toLocaleString('en')} open`, '/s', series)
      const last = rounds['ours']?.at(-1)
      console.log(
        `  p50 ${last?.p50Ms.toFixed(1)} ms, p99 ${last?.p99Ms.toFixed(1)} ms; bare p99 ${rounds['bare']?.at(-1)?.p99Ms.toFixed(1)} ms; ` +
          `statements a claim: ${last?.statements?.toFixed(2)}`,
      )
      figures.push({ clients, series, rounds })
    }
    keep('claim', { machine: machine(server.version), open: OPEN, people: PEOPLE, figures })
  } finally {
    await bare.close()
    await world.close()
    await server.stop()
  }
}

function noted<Figures extends Hammered>(rounds: Figures[] | undefined, figures: Figures): number {
  rounds?.push(figures)
  return figures.perSecond
}

async function claimsOf(
  world: ClaimWorld,
  clients: number,
): Promise<Hammered & { readonly statements: number }> {
  await world.fill({ open: OPEN })
  const engine = world.engine()
  let [nth, statements] = [0, 0]
  const count = (): void => {
    statements += 1
  }
  const counted = countingStatements(world.pool, count)
  const figures = await hammer(clients, MS, async () => {
    const userId = world.people[nth++ % world.people.length]
    if (userId === undefined) throw new Error('there is nobody')
    return (await engine.claimNext({ userId })).kind === 'claimed'
  })
  counted()
  await world.verify(figures.calls)
  return { ...figures, statements: statements / figures.calls }
}

/** Calls `count` for every statement that goes through the pool, `begin` and `commit` included, until the returned function is called. */
function countingStatements(pool: Pool, count: () => void): () => void {
  const connect = pool.connect.bind(pool)
  const counting = Object.assign(pool, {
    connect: async () => {
      const client = await connect()
      const query = client.query.bind(client)
      const release = client.release.bind(client)
      Object.assign(client, {
        query: (...args: unknown[]) => {
          count()
          return Reflect.apply(query, undefined, args)
        },
        release: (error?: Error | boolean) => {
          Object.assign(client, { query, release })
          release(error)
        },
      })
      return client
    },
  })
  return () => Object.assign(counting, { connect })
}

/** The least that claiming can be: the most urgent free row, marked and noted, in one prepared statement. */
class BareClaims {
  readonly #pool: Pool

  private constructor(pool: Pool) {
    this.#pool = pool
  }

  static async on(server: Server): Promise<BareClaims> {
    const pool = new Pool({ connectionString: await server.database(), max: Math.max(...CLIENTS) })
    await pool.query(BARE_TABLES)
    return new BareClaims(pool)
  }

  async claims(clients: number): Promise<Hammered> {
    await this.#pool.query('truncate bare_task, bare_claim restart identity')
    await this.#pool.query(BARE_FILL, [OPEN])
    await this.#pool.query('vacuum analyze')
    await this.#pool.query('checkpoint')
    await Promise.all(Array.from({ length: clients }, () => this.#pool.query('select 1')))
    let nth = 0
    return hammer(clients, MS, async () => {
      const values = [nth++ % PEOPLE]
      return (await this.#pool.query({ name: 'bare_claim', text: BARE_CLAIM, values })).rowCount === 1
    })
  }

  close(): Promise<void> {
    return this.#pool.end()
  }
}

const BARE_TABLES = `
  create table bare_task (
    task_no bigint generated always as identity primary key, project_no int not null, priority int not null, taken boolean not null,
    payload jsonb not null, lease_until timestamptz);
  create index bare_task_line on bare_task (project_no, priority desc, task_no) where not taken;
  create table bare_claim (
    claim_no bigint generated always as identity primary key, task_no bigint not null references bare_task, person_no int not null,
    claimed_at timestamptz not null default now(), unique (task_no, person_no))`
const BARE_FILL = `
  insert into bare_task (project_no, priority, taken, payload)
  select 1, n % 3, false, jsonb_build_object('text', 'Alle mennesker er født frie') from generate_series(1, $1::int) as n`
const BARE_CLAIM = `
  with head as (
    select task_no from bare_task where project_no = 1 and not taken order by priority desc, task_no limit 1 for update skip locked),
  given as (
    update bare_task set taken = true, lease_until = now() + interval '1 hour' from head
    where bare_task.task_no = head.task_no returning bare_task.task_no, payload),
  noted as (insert into bare_claim (task_no, person_no) select task_no, $1::int from given returning claim_no, task_no)
  select claim_no, task_no, payload from given join noted using (task_no)`
