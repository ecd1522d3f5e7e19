import { pgModule } from '@muster/adapters-pg'
import { coreModule, createMuster } from '@muster/host'
import { jwtAuthenticator, musterHttp } from '@muster/transport-http'
import { type FastifyInstance, fastify } from 'fastify'
import { Pool, type QueryConfig } from 'pg'

/** What a server of the benchmark `http` is told. */
export interface HttpTask {
  readonly kind: 'muster' | 'same statements' | 'last statement alone'
  readonly connectionString: string
  readonly secret: string
  readonly authorization: string
  readonly paths: readonly string[]
}

const POOL = 10

const task: HttpTask = JSON.parse(process.argv[2] ?? '')
const app = task.kind === 'muster' ? await ours(new Pool({ ...task, max: POOL })) : await bare()
process.send?.(await app.listen({ host: '127.0.0.1', port: 0 }))
process.once('disconnect', () => process.exit())

async function ours(pool: Pool): Promise<FastifyInstance> {
  const muster = await createMuster({ modules: [coreModule(), pgModule({ pool })] })
  const app = fastify()
  const authenticator = jwtAuthenticator({ secret: task.secret })
  await app.register(musterHttp, { muster, authenticator, requestsPerMinute: 0 })
  return app
}

/** Serves each path with the statements that Muster was seen to run for it. */
async function bare(): Promise<FastifyInstance> {
  const pool = new Pool({ connectionString: task.connectionString, max: POOL })
  const app = fastify()
  for (const path of task.paths) {
    const seen = await statementsOf(path)
    const statements = task.kind === 'same statements' ? seen : seen.slice(-1)
    console.log(`${path}: ${statements.length} of ${seen.length} statements`)
    app.get(path, async () => {
      let rows: unknown[] = []
      for (const statement of statements) rows = (await pool.query(statement)).rows
      return { rows }
    })
  }
  return app
}

async function statementsOf(path: string): Promise<QueryConfig[]> {
  const pool = new Pool({ connectionString: task.connectionString, max: 1 })
  const app = await ours(pool)
  const seen: QueryConfig[] = []
  pool.on('acquire', (client) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown
    const seeing = (statement: QueryConfig, ...rest: unknown[]): unknown => {
      seen.push(statement)
      return query(statement, ...rest)
    }
    Object.assign(client, { query: seeing })
    pool.once('release', () => Object.assign(client, { query }))
  })
  const reply = await app.inject({ url: path, headers: { authorization: task.authorization } })
  if (reply.statusCode !== 200) throw new Error(`${path} answered ${reply.statusCode}`)
  await app.close()
  await pool.end()
  return seen
}
