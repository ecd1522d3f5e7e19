import { DEVELOPMENT_ADMIN, developmentTokens } from '../development-tokens.ts'
import { Client, type ServerChild, until } from '../processes/server-child.test.support.ts'

/** What servers of a test that do not print their tokens are told to sign with. */
export const SECRET = 'a secret of more than thirty-two characters'

/** Longer than any test: whoever works on it is told to stop, or killed. */
export const ENDLESS = { simulate: { delayMs: 600_000 } }

export interface Item {
  readonly itemId: string
  readonly state: string
  readonly attempt: number
  readonly startedAt: string | null
  readonly result: unknown
}

interface ListedJob {
  readonly state: string
  readonly attempt: number
  readonly startedAt: string | null
}

/** A process that is told to stop waits so long for what it has in hand. */
export const SHUTDOWN_SECONDS = 3

/** What is wrong with the end of a worker that is told to stop under load: it hands back what it has not finished, which others do, and its attempts do not count. */
export async function faultsOfHandOver(
  api: Api,
  { leaving, unfinished }: { readonly leaving: ServerChild; readonly unfinished: readonly Item[] },
): Promise<readonly string[]> {
  const faults: string[] = []
  const scenarios = Array.from({ length: 200 }, () => ({ payload: { simulate: { delayMs: 50 } } }))
  const runId = await api.startRun(scenarios)
  await until(async () => (await api.progressOf(runId)).completed > 0 || undefined)

  const toldAt = Date.now()
  leaving.kill('SIGTERM')
  const { code, signal } = await leaving.exit
  if (code !== 0) faults.push(`it ended with ${code ?? signal}`)
  for (const item of unfinished) {
    const taken = await until(async () => {
      const seen = await api.see(item)
      return seen.state === 'active' && startOf(seen) > toldAt ? seen : undefined
    })
    if (taken.attempt !== 1) faults.push(`${item.itemId} is at attempt ${taken.attempt}`)
    const outcome = await api.lastOutcomeOf(item)
    if (outcome !== 'returned') faults.push(`${item.itemId} was ${outcome}`)
  }
  const { completed } = await until(async () => {
    const seen = await api.progressOf(runId)
    return seen.status === 'completed' ? seen : undefined
  })
  if (completed !== scenarios.length) faults.push(`${completed} of ${scenarios.length} jobs completed`)
  return faults
}

/** A token of the development admin, signed with {@link SECRET}. */
export async function adminToken(): Promise<string> {
  const holder = { label: 'admin', userId: DEVELOPMENT_ADMIN, role: 'admin' } as const
  const [token] = await developmentTokens(SECRET, [holder], new Date())
  return token?.jwt ?? ''
}

/** Where a process listens, whatever it is. */
export function originOf(child: ServerChild): Promise<string> {
  return child.logged(/listening on (http:\/\/[^"\s]+)/)
}

/** When it was begun last, in ms since the epoch. */
export function startOf({ startedAt }: Pick<Item, 'startedAt'>): number {
  return Date.parse(startedAt ?? '')
}

/** The queue of a project, over HTTP. */
export class Api {
  readonly client: Client
  readonly #projectId: string

  private constructor(client: Client, projectId: string) {
    this.client = client
    this.#projectId = projectId
  }

  /** On that project, or a new one. */
  static async of(origin: string, known?: string): Promise<Api> {
    const client = new Client(origin, await adminToken())
    const made = async (): Promise<string> =>
      (await client.post<{ projectId: string }>('/projects', { name: 'Shared' })).projectId
    return new Api(client, known ?? (await made()))
  }

  add(payload: object, more: { readonly delaySeconds?: number } = {}): Promise<Item> {
    const item = { type: 'stub:probe', payload, ...more }
    return this.client.post(`/projects/${this.#projectId}/queue/add`, item)
  }

  pathOf({ itemId }: Pick<Item, 'itemId'>): string {
    return `/projects/${this.#projectId}/queue/${itemId}`
  }

  see(item: Pick<Item, 'itemId'>): Promise<Item> {
    return this.client.get(this.pathOf(item))
  }

  /** How its last attempt that is over ended. */
  async lastOutcomeOf({ itemId }: Pick<Item, 'itemId'>): Promise<string | null> {
    const path = `/jobs/${itemId}`
    const { attempts } = await this.client.get<{ attempts: { outcome: string | null }[] }>(path)
    return attempts.map(({ outcome }) => outcome).findLast((outcome) => outcome !== null) ?? null
  }

  /** The item, once it is in that state. */
  reaches(item: Pick<Item, 'itemId'>, state: string): Promise<Item> {
    return until(async () => {
      const seen = await this.see(item)
      return seen.state === state ? seen : undefined
    })
  }

  /** Starts a run of one model, and gives its id. */
  async startRun(scenarios: readonly { readonly payload: object }[]): Promise<string> {
    const definition = { name: 'Probes', jobType: 'stub:probe', scenarios }
    const path = `/projects/${this.#projectId}`
    const { definitionId } = await this.client.post<{ definitionId: string }>(
      `${path}/definitions`,
      definition,
    )
    const wanted = { definitionId, models: ['one'] }
    return (await this.client.post<{ runId: string }>(`${path}/runs`, wanted)).runId
  }

  progressOf(
    runId: string,
  ): Promise<{ readonly status: string; readonly total: number; readonly completed: number }> {
    return this.client.get(`/runs/${runId}/progress`)
  }

  async counts(): Promise<unknown> {
    return (await this.client.get<{ counts: unknown }>(`/projects/${this.#projectId}/queue/status`)).counts
  }

  async members(): Promise<unknown> {
    return (await this.client.get<{ items: unknown }>(`/projects/${this.#projectId}/members`)).items
  }

  async presence(): Promise<unknown> {
    return (await this.client.get<{ items: unknown }>(`/queue/presence/${this.#projectId}`)).items
  }

  async allJobsOf(runId: string): Promise<readonly ListedJob[]> {
    const all: ListedJob[] = []
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const after = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`
      const page = await this.client.get<{
        items: readonly ListedJob[]
        nextCursor: string | null
      }>(`/runs/${runId}/jobs?limit=100${after}`)
      all.push(...page.items)
      cursor = page.nextCursor
    }
    return all
  }

  async jobsOf(runId: string, state: string): Promise<readonly ListedJob[]> {
    const path = `/runs/${runId}/jobs?state=${state}&limit=100`
    return (await this.client.get<{ items: readonly ListedJob[] }>(path)).items
  }
}
