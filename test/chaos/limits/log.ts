import type { JobId } from '@muster/core'
import type { WorkerId } from '@muster/core/ports'
import { Client } from 'pg'
import type { Log } from './probe.ts'

/**
 * The log of handlers is a table: a row that a kill interrupts is not there, so none is torn. All times are the database's, as are those of burials and of reserves, which
 * the database notes by itself.
 */
const TABLES = `
  create table handled (job_id uuid, start int, worker_id uuid not null, nth int not null, asked_at timestamptz not null,
    began_at timestamptz not null default clock_timestamp(), ended_at timestamptz, twice boolean not null default false, primary key (job_id, start));
  create table buried (worker_id uuid primary key, at timestamptz not null default clock_timestamp());
  create table reserved (no bigint generated always as identity primary key, job_id uuid not null, start int not null, at timestamptz not null default clock_timestamp());
  create function note_burial() returns trigger language plpgsql as $$
  begin
    insert into buried (worker_id) values (old.worker_id);
    return null;
  end $$;
  create trigger note_burial after delete on worker for each row execute function note_burial();
  create function note_reserve() returns trigger language plpgsql as $$
  begin
    insert into reserved (job_id, start) values (new.job_id, new.start);
    return null;
  end $$;
  create trigger note_reserve after insert on budget_reserve for each row execute function note_reserve();`

const BEGAN = `
  insert into handled (job_id, start, worker_id, nth, asked_at) select * from unnest($1::uuid[], $2::int[], $3::uuid[], $4::int[], $5::timestamptz[])
  on conflict (job_id, start) do update set twice = true`
const ENDED = `
  update handled as h set ended_at = clock_timestamp() from unnest($1::uuid[], $2::int[]) as e (job_id, start)
  where h.job_id = e.job_id and h.start = e.start`

export async function makeLog(client: Pick<Client, 'query'>): Promise<void> {
  await client.query(TABLES)
}

/** The start of a job, as it was given out. */
interface Given {
  readonly start: number
  readonly workerId: WorkerId
  /** By the worker's clock, when it asked for jobs: not after they were given out. */
  readonly askedAt: Date
}

interface Entry extends Given {
  readonly jobId: JobId
  readonly nth: number
}

/** Is told how many starts of this process are in the log and how many of its costly jobs run, and as which workers it is given jobs. */
interface Reader {
  readonly began: (starts: number, costly: number) => void
  readonly works: (workerId: WorkerId) => void
}

/** Writes the log of the handlers of one process. */
export class PgLog implements Log {
  readonly #client: Client
  readonly #given = new Map<JobId, Given>()
  readonly #began = new Batches<Entry>((batch) =>
    this.#client.query(BEGAN, [
      batch.map(({ jobId }) => jobId),
      batch.map(({ start }) => start),
      batch.map(({ workerId }) => workerId),
      batch.map(({ nth }) => nth),
      batch.map(({ askedAt }) => askedAt),
    ]),
  )
  readonly #ended = new Batches<Entry>((batch) =>
    this.#client.query(ENDED, [batch.map(({ jobId }) => jobId), batch.map(({ start }) => start)]),
  )
  readonly #reader: Reader
  readonly #workers = new Set<WorkerId>()
  #starts = 0
  #costly = 0

  constructor(client: Client, reader: Reader) {
    this.#client = client
    this.#reader = reader
  }

  static async open(url: string, reader: Reader): Promise<PgLog> {
    const client = new Client({ connectionString: url, application_name: 'chaos' })
    await client.connect()
    return new PgLog(client, reader)
  }

  /** The job was given to this process. */
  given(jobId: JobId, given: Given): void {
    this.#given.set(jobId, given)
    if (this.#workers.has(given.workerId)) return
    this.#workers.add(given.workerId)
    this.#reader.works(given.workerId)
  }

  async began(jobId: JobId, nth: number, costly: boolean): Promise<{ readonly ended: () => Promise<void> }> {
    const given = this.#given.get(jobId)
    if (!given) throw new Error(`Nobody gave ${jobId} to this process`)
    const entry = { jobId, nth, ...given }
    await this.#began.add(entry)
    if (costly) this.#costly++
    this.#reader.began(++this.#starts, this.#costly)
    return {
      ended: async () => {
        await this.#ended.add(entry)
        if (costly) this.#costly--
      },
    }
  }
}

/** What comes while a batch is on its way goes with the next. */
class Batches<Item> {
  readonly #write: (batch: Item[]) => Promise<unknown>
  #waiting: Item[] = []
  #next: Promise<void> | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(write: (batch: Item[]) => Promise<unknown>) {
    this.#write = write
  }

  add(item: Item): Promise<void> {
    this.#waiting.push(item)
    this.#next ??= this.#last.then(async () => {
      const batch = this.#waiting.splice(0)
      this.#next = undefined
      const written = this.#write(batch)
      this.#last = written
      await written
    })
    return this.#next
  }
}
