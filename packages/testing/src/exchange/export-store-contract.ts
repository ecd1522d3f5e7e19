import { type Json, type ProjectId, UnavailableError } from '@muster/core'
import type { Blobs, ExportId, ExportSource, FileWriter } from '@muster/core/exchange'
import type { Persistence } from '@muster/core/ports'
import { describe, expect } from 'vitest'
import type { OpenAdapter } from '../stores/open-adapter.ts'
import { aProject, newId } from '../worlds/samples.ts'
import { type ExportWorld, exportCases } from './export-world.ts'
import { lineWriter } from './line-writer.ts'

const SECOND_MS = 1_000
const DAY_MS = 24 * 60 * 60 * SECOND_MS
const LEASE_MS = 60 * SECOND_MS

interface Promises {
  /** Whether a snapshot keeps nobody waiting, so that an export is read as of one moment. Default false. */
  readonly snapshots?: boolean
}

/** Every promise of ExportStore, and what exporting makes of them, on whatever `open` opens: empty each time. */
export function exportStoreContract(
  name: string,
  open: OpenAdapter,
  { snapshots = false }: Promises = {},
): void {
  describe(`${name} is an ExportStore`, () => {
    keepingCases(open)
    holdingCases(open)
    fileCases(open)
    refusalCases(open)
    interruptedCases(open)
    if (snapshots) momentCases(open)
  })
}

function keepingCases(open: OpenAdapter): void {
  const it = exportCases(open)

  it('keeps an export as it was asked for, and lists the newest first', async (world) => {
    const { calls, projectId, adapter } = world
    const { runId, definitionId } = await world.aRun()
    const first = await calls.start(projectId, {
      what: 'run',
      format: 'lines',
      runIds: [runId],
      people: 'none',
      gzip: true,
      fields: ['/payload/of', ''],
      delimiter: ';',
      csvSafe: true,
    })
    expect(first).toEqual({
      exportId: expect.any(String),
      projectId,
      what: 'run',
      format: 'lines',
      runIds: [runId],
      definitionId: null,
      people: 'none',
      gzip: true,
      fields: ['/payload/of', ''],
      delimiter: ';',
      csvSafe: true,
      formId: null,
      question: null,
      promptAt: null,
      status: 'waiting',
      rows: 0,
      files: [],
      error: null,
      createdBy: null,
      createdAt: adapter.clock.now(),
      finishedAt: null,
      expiresAt: null,
    })
    expect(await calls.get(first.exportId)).toEqual(first)
    await adapter.clock.advance(1)
    const second = await calls.start(projectId, { what: 'definition', format: 'lines', definitionId })
    const page = await calls.list(projectId, { limit: 1 })
    expect(page.items).toEqual([second])
    expect(await calls.list(projectId, { cursor: String(page.nextCursor) })).toEqual({
      items: [first],
      nextCursor: null,
    })
    await expect(calls.get(newId<'ExportId'>())).rejects.toMatchObject({ code: 'not_found' })
  })

  it('keeps one key of pseudonyms for each project, whoever asks at the same moment', async (world) => {
    const { exports } = world.adapter.persistence.stores
    const keys = await Promise.all(['a', 'b', 'c'].map((key) => exports.pseudonymKey(world.projectId, key)))
    expect(new Set(keys).size).toBe(1)
    const other = newId<'ProjectId'>()
    expect(await exports.pseudonymKey(other, 'theirs')).toBe('theirs')
    expect(await exports.pseudonymKey(other, 'again')).toBe('theirs')
  })

  it('forgets exports a day after their end, with their files', async (world) => {
    const { calls, adapter, projectId } = world
    const old = await world.written({ what: 'tasks', format: 'lines' })
    await adapter.clock.advance(SECOND_MS)
    const young = await world.written({ what: 'tasks', format: 'lines' })
    const waiting = await calls.start(projectId, { what: 'tasks', format: 'lines' })
    expect(old.expiresAt).toEqual(new Date(Number(old.finishedAt) + DAY_MS))
    expect(await world.pruner()(young.expiresAt as Date, 9)).toBe(1)
    await expect(calls.get(old.exportId)).rejects.toMatchObject({ code: 'not_found' })
    await expect(world.blob(`${old.exportId}-1`, 'rows.lines')).rejects.toMatchObject({ code: 'not_found' })
    expect((await calls.list(projectId, {})).items.map(({ exportId }) => exportId)).toEqual([
      waiting.exportId,
      young.exportId,
    ])
  })
}

function holdingCases(open: OpenAdapter): void {
  const it = exportCases(open)

  it('gives each to one, the oldest first, however many ask at the same moment', async (world) => {
    const { exports } = world.adapter.persistence.stores
    const { clock } = world.adapter
    const ids: ExportId[] = []
    for (let nth = 0; nth < 3; nth++) {
      const kept = world.kept()
      ids.push(kept.exportId)
      await exports.add(kept)
      await clock.advance(1)
    }
    const now = clock.now()
    const until = new Date(now.getTime() + LEASE_MS)
    const first = await exports.claim(now, until)
    expect(first).toMatchObject({ exportId: ids[0], status: 'writing', attempt: 1 })
    const rest = await Promise.all([1, 2, 3, 4].map(() => exports.claim(now, until)))
    const taken = rest.flatMap((one) => one?.exportId ?? [])
    // Who meets another at it may go away with nothing, and asks again.
    for (let more = await exports.claim(now, until); more; more = await exports.claim(now, until))
      taken.push(more.exportId)
    expect(taken.toSorted()).toEqual(ids.slice(1).toSorted())
  })

  it('gives one whose holder fell silent to another, and hears the first no more', async (world) => {
    const { exports } = world.adapter.persistence.stores
    const { exportId } = world.kept()
    await exports.add(world.kept({ exportId }))
    const at = (seconds: number): Date => new Date(world.adapter.clock.now().getTime() + seconds * SECOND_MS)
    await exports.claim(at(0), at(60))
    expect(await exports.claim(at(59), at(120))).toBeUndefined()
    expect(await exports.hold(exportId, 1, at(90), 7)).toBe(true)
    expect(await exports.find(exportId)).toMatchObject({ status: 'writing', rows: 7 })
    expect(await exports.claim(at(89), at(150))).toBeUndefined()
    const second = await exports.claim(at(90), at(150))
    expect(second).toMatchObject({ exportId, attempt: 2 })
    expect(await exports.hold(exportId, 1, at(200), 9)).toBe(false)
    await exports.release(exportId, 1)
    expect(
      await exports.end(world.kept({ exportId, attempt: 1, status: 'completed', finishedAt: at(91) })),
    ).toBe(false)
    expect(await exports.find(exportId)).toMatchObject({ status: 'writing', attempt: 2, finishedAt: null })
    await exports.release(exportId, 2)
    expect(await exports.find(exportId)).toMatchObject({ status: 'waiting' })
    expect(await exports.hold(exportId, 2, at(300), 9)).toBe(false)
    expect(await exports.claim(at(92), at(150))).toMatchObject({ attempt: 3 })
    const ended = world.kept({ exportId, attempt: 3, status: 'failed', finishedAt: at(93) })
    expect(await exports.end({ ...ended, error: { code: 'theirs', message: '“no”' } })).toBe(true)
    expect(await exports.end(ended)).toBe(false)
    expect(await exports.claim(at(999), at(1_000))).toBeUndefined()
    expect(await exports.find(exportId)).toMatchObject({ error: { code: 'theirs', message: '“no”' } })
  })
}

function fileCases(open: OpenAdapter): void {
  const it = exportCases(open)

  it('writes the results of runs in order, each into files of its own, and says what they are', async (world) => {
    const [one, other] = [await world.aRun(), await world.aRun(1)]
    const ended = await world.written({
      what: 'run',
      format: 'by-model',
      runIds: [one.runId, other.runId],
    })
    expect(ended).toMatchObject({ status: 'completed', rows: 8, error: null })
    expect(ended.files.map(({ name, rows }) => [name, rows])).toEqual([
      ['1-small.lines', 3],
      ['1-large.lines', 3],
      ['2-small.lines', 1],
      ['2-large.lines', 1],
    ])
    expect(await world.lines(ended.exportId, '1-large.lines')).toEqual([
      {
        scenarioId: 's-1',
        payload: { of: 's-1' },
        results: { large: { state: 'completed', result: { output: 'large 0' }, error: null } },
      },
      {
        scenarioId: 's-2',
        payload: { of: 's-2' },
        results: {
          large: { state: 'failed', result: null, error: expect.objectContaining({ code: 'theirs' }) },
        },
      },
      expect.objectContaining({ scenarioId: 's-3' }),
    ])
    const manifest = await world.calls.manifest(ended.exportId)
    expect(manifest).toMatchObject({
      format: 'by-model',
      formatVersion: '7',
      musterVersion: '0.0.1',
      exportId: ended.exportId,
      createdAt: ended.createdAt.toISOString(),
      oneMoment: false,
      runs: [
        { ...one, version: 1, models: ['small', 'large'], status: 'completed', escalation: null },
        { ...other, version: 2 },
      ],
      definition: null,
      form: null,
      people: 'pseudonym',
      files: ended.files,
      left: [{ what: 'colours', count: 4, why: 'lines have none' }],
    })
    const seqs = (await world.adapter.persistence.stores.events.read(world.projectId, 0, 99)).map(
      ({ seq }) => seq,
    )
    expect(manifest.seq).toBe((seqs.at(-1) ?? 0) - 1)
    const { exportId } = ended
    expect(await world.facts('export_ended')).toMatchObject([
      {
        audience: 'managers',
        data: { exportId, status: 'completed', what: 'run', format: 'by-model', rows: 8 },
      },
    ])
  })

  it('writes scenarios of a definition, and parts of a file are read as they are asked for', async (world) => {
    const { definitionId } = await world.aRun()
    const { exportId, files } = await world.written({ what: 'definition', format: 'lines', definitionId })
    expect(await world.lines(exportId)).toEqual(
      ['s-1', 's-2', 's-3'].map((scenarioId) => ({ scenarioId, payload: { of: scenarioId } })),
    )
    const whole = await world.text(exportId)
    expect(files).toMatchObject([{ name: 'rows.lines', rows: 3, bytes: whole.length }])
    expect(await world.text(exportId, 'rows.lines', 5, 20)).toBe(whole.slice(5, 20))
    await expect(world.calls.file(exportId, 'other')).rejects.toMatchObject({ code: 'not_found' })
    expect(await world.calls.manifest(exportId)).toMatchObject({ definition: { definitionId, version: 1 } })
  })

  it('names people as it is asked to, and by pseudonym the same in each export', async (world) => {
    const userId = await world.aTask('t-1')
    const personIn = async (people?: 'none' | 'pseudonym' | 'id'): Promise<unknown> => {
      const { exportId } = await world.written({ what: 'tasks', format: 'lines', people })
      const [line] = (await world.lines(exportId)) as {
        readonly submissions: readonly { readonly person: Json }[]
      }[]
      return line?.submissions[0]?.person
    }
    expect(await personIn('none')).toBeNull()
    expect(await personIn('id')).toBe(userId)
    const pseudonym = await personIn()
    expect(pseudonym).toBe(`key-1/${world.projectId}/${userId}`)
    expect(await personIn('pseudonym')).toBe(pseudonym)
  })

  it('gives the same bytes for the same rows', async (world) => {
    const { runId } = await world.aRun(40)
    const sums = new Set<string>()
    for (let nth = 0; nth < 3; nth++) {
      const { files } = await world.written({ what: 'run', format: 'lines', runIds: [runId] })
      for (const { sha256 } of files) sums.add(sha256)
    }
    expect(sums.size).toBe(1)
  })
}

function refusalCases(open: OpenAdapter): void {
  const it = exportCases(open)

  it('refuses what cannot be written, by what is at fault, and keeps nothing', async (world) => {
    const { calls, projectId } = world
    const { runId, definitionId } = await world.aRun()
    const other = aProject({ workflowId: null })
    await world.adapter.persistence.transaction(({ projects }) => projects.add(other))
    const refusal = (given: object, of: ProjectId = projectId): Promise<unknown> =>
      calls.start(of, given as never).then(
        () => 'kept',
        (error: { readonly code: string; readonly issues?: readonly { readonly path: string }[] }) =>
          error.issues?.map(({ path }) => path) ?? error.code,
      )
    expect(await refusal({ what: 'all', format: 'lines' })).toEqual(['what'])
    expect(await refusal({ what: 'tasks', format: 'papyrus' })).toEqual(['format'])
    expect(await refusal({ what: 'tasks', format: 'by-model' })).toEqual(['format'])
    expect(await refusal({ what: 'tasks', format: 'lines', colour: 'red' })).toEqual(['colour'])
    expect(await refusal({ what: 'tasks', format: 'lines', fields: ['payload'] })).toEqual(['fields[0]'])
    expect(await refusal({ what: 'tasks', format: 'lines', runIds: [runId] })).toEqual(['runIds'])
    expect(await refusal({ what: 'tasks', format: 'lines', question: 'better' })).toEqual(['question'])
    expect(await refusal({ what: 'run', format: 'lines' })).toEqual(['runIds'])
    expect(await refusal({ what: 'run', format: 'lines', runIds: [] })).toEqual(['runIds'])
    expect(await refusal({ what: 'definition', format: 'lines' })).toEqual(['definitionId'])
    expect(await refusal({ what: 'tasks', format: 'lines', formId: newId() })).toBe('not_found')
    expect(await refusal({ what: 'run', format: 'lines', runIds: [newId()] })).toBe('not_found')
    expect(await refusal({ what: 'run', format: 'lines', runIds: [runId] }, other.projectId)).toBe(
      'not_found',
    )
    expect(await refusal({ what: 'definition', format: 'lines', definitionId }, other.projectId)).toBe(
      'not_found',
    )
    expect(await refusal({ what: 'tasks', format: 'lines' }, newId<'ProjectId'>())).toBe('not_found')
    expect((await calls.list(projectId, {})).items).toEqual([])
  })

  it('gives no file and no manifest before the end', async (world) => {
    const { exportId } = await world.calls.start(world.projectId, { what: 'tasks', format: 'lines' })
    await expect(world.calls.manifest(exportId)).rejects.toMatchObject({ code: 'conflict' })
    await expect(world.calls.file(exportId, 'rows.lines')).rejects.toMatchObject({ code: 'conflict' })
  })
}

function interruptedCases(open: OpenAdapter): void {
  const it = exportCases(open)
  const started = async (world: ExportWorld): Promise<ExportId> => {
    const { runId } = await world.aRun(20)
    const { exportId } = await world.calls.start(world.projectId, {
      what: 'run',
      format: 'lines',
      runIds: [runId],
    })
    return exportId
  }

  it('fails where a program has a fault, leaves no file, and tells so', async (world) => {
    const { runId } = await world.aRun(20)
    const { exportId } = await world.calls.start(world.projectId, {
      what: 'run',
      format: 'by-model',
      runIds: [runId],
    })
    let rows = 0
    const writer = lineWriter(() => {
      if (++rows === 25) throw new TypeError('the writer has a fault')
    })
    await world.worker({ writer })()
    expect(await world.calls.get(exportId)).toMatchObject({
      status: 'failed',
      error: { code: 'internal' },
      files: [],
    })
    await expect(world.blob(`${exportId}-1`, 'small.lines')).rejects.toMatchObject({ code: 'not_found' })
    expect(await world.facts('export_ended')).toMatchObject([{ data: { status: 'failed' } }])
    expect(await world.worker()()).toBe(0)
  })

  it('waits where a backend is away, and is written then', async (world) => {
    const exportId = await started(world)
    const away: Blobs = {
      write: () => Promise.reject(new UnavailableError('The folder is away')),
      read: () => world.blobs.read('', '', 0, 0),
      remove: async () => undefined,
    }
    for (let tries = 0; tries < 20; tries++)
      await expect(world.worker({ blobs: away })()).rejects.toThrow(UnavailableError)
    expect(await world.calls.get(exportId)).toMatchObject({ status: 'waiting', error: null })
    await world.worker()()
    expect(await world.calls.get(exportId)).toMatchObject({ status: 'completed', rows: 40 })
  })

  it('is left by a process that ends, and written by another from its beginning', async (world) => {
    const exportId = await started(world)
    const ending = new AbortController()
    let rows = 0
    const writer = lineWriter(() => {
      if (++rows === 5) ending.abort()
    })
    await world.worker({ writer, stop: ending.signal })()
    expect(await world.calls.get(exportId)).toMatchObject({ status: 'waiting', files: [] })
    await world.worker()()
    expect(await world.lines(exportId)).toHaveLength(20)
  })

  it('is written by another while the first stands still, whose bytes nobody sees', async (world) => {
    const exportId = await started(world)
    const { clock } = world.adapter
    const second = world.worker()
    let rows = 0
    const writer = lineWriter(async () => {
      if (++rows !== 5) return
      await clock.advance(LEASE_MS)
      await second()
    })
    await world.worker({ writer })()
    expect(await world.calls.get(exportId)).toMatchObject({ status: 'completed', rows: 40 })
    expect(await world.lines(exportId)).toHaveLength(20)
    expect(await world.facts('export_ended')).toHaveLength(1)
  })

  it('keeps its files where a first attempt fails after another came to the end', async (world) => {
    const exportId = await started(world)
    const second = world.worker()
    let rows = 0
    const writer = lineWriter(async () => {
      if (++rows !== 5) return
      await world.adapter.clock.advance(LEASE_MS)
      await second()
      throw new TypeError('the writer has a fault')
    })
    await world.worker({ writer })()
    expect(await world.calls.get(exportId)).toMatchObject({ status: 'completed', error: null })
    expect(await world.lines(exportId)).toHaveLength(20)
    expect(await world.facts('export_ended')).toMatchObject([{ data: { status: 'completed' } }])
  })

  it('keeps its lease over many rows of which nothing is written', async (world) => {
    const exportId = await started(world)
    const asked: boolean[] = []
    async function* nothing(source: ExportSource): AsyncGenerator<Uint8Array> {
      yield* []
      if (source.what === 'tasks') return
      for await (const _ of source.scenarios()) {
        await world.adapter.clock.advance(LEASE_MS / 2)
        asked.push((await world.worker({ alone: false })()) > 0)
      }
    }
    const silent: FileWriter = {
      ...lineWriter(),
      files: (source) => [{ name: 'none.lines', bytes: nothing(source), left: () => [] }],
    }
    await world.worker({ writer: silent })()
    expect(asked).toEqual(Array.from({ length: 20 }, () => false))
    expect(await world.calls.get(exportId)).toMatchObject({
      status: 'completed',
      files: [{ bytes: 0, rows: 40 }],
    })
  })

  it('is written at once by a process that has the store alone, whoever held it when that began', async (world) => {
    const exportId = await started(world)
    const { exports } = world.adapter.persistence.stores
    const now = world.adapter.clock.now()
    await exports.claim(now, new Date(now.getTime() + LEASE_MS))
    expect(await world.worker({ alone: false })()).toBe(0)
    expect(await world.worker()()).toBe(1)
    expect(await world.calls.get(exportId)).toMatchObject({ status: 'completed' })
  })

  it('goes on where it cannot be heard for a moment, and leaves it once that may be too long', async (world) => {
    const exportId = await started(world)
    const { persistence, clock } = world.adapter
    let isAway = true
    const exports = new Proxy(persistence.stores.exports, {
      get: (store, name): unknown => {
        if (name === 'hold' && isAway) return () => Promise.reject(new UnavailableError('The store is away'))
        const member: unknown = Reflect.get(store, name, store)
        return typeof member === 'function' ? member.bind(store) : member
      },
    })
    const deaf = { ...bound(persistence), stores: { ...persistence.stores, exports } }
    let seconds = 2
    const writer = lineWriter(() => clock.advance(seconds * SECOND_MS))
    await world.worker({ writer, persistence: deaf })()
    expect(await world.calls.get(exportId)).toMatchObject({ status: 'completed' })

    const later = await started(world)
    seconds = 20
    await expect(world.worker({ writer, persistence: deaf })()).rejects.toThrow(UnavailableError)
    isAway = false
    expect(await world.calls.get(later)).toMatchObject({ status: 'waiting' })
  })

  it('is given up when many died with it', async (world) => {
    const exportId = await started(world)
    const { exports } = world.adapter.persistence.stores
    const now = world.adapter.clock.now()
    for (let nth = 0; nth < 11; nth++) await exports.claim(now, now)
    await world.worker()()
    expect(await world.calls.get(exportId)).toMatchObject({ status: 'failed', error: { code: 'gave_up' } })
  })
}

/** The calls of a persistence, which may be spread. */
function bound(persistence: Persistence): Persistence {
  return {
    stores: persistence.stores,
    transaction: (work) => persistence.transaction(work),
    snapshot: (work) => persistence.snapshot(work),
    check: () => persistence.check(),
    close: () => persistence.close(),
  }
}

function momentCases(open: OpenAdapter): void {
  const it = exportCases(open)

  it('holds what was there when it was read, and nothing that came meanwhile', async (world) => {
    await world.aTask('t-1')
    await world.aTask('t-2')
    const { exportId } = await world.calls.start(world.projectId, { what: 'tasks', format: 'lines' })
    let rows = 0
    const writer = lineWriter(async () => {
      if (++rows === 1) await world.aTask('t-3')
    })
    await world.worker({ writer, alone: false })()
    expect(await world.calls.get(exportId)).toMatchObject({ status: 'completed', rows: 2 })
    expect(await world.calls.manifest(exportId)).toMatchObject({ oneMoment: true })
  })
}
