import { LONGEST_NAME, lengthOf } from '../input/parse.ts'
import { type Json, jsonIssues } from '../json/json.ts'
import type { FileReader, FileRecord } from './file-reader.ts'
import type { ImportRow, ImportTarget, KeptImport, Tallies } from './import.ts'
import type { StagedPart } from './import-store.ts'
import { Findings, finding, NO_TALLIES } from './report.ts'

/** The kinds of records that each target is made of. */
export const MADE_OF: Readonly<Record<ImportTarget, readonly string[]>> = {
  tasks: ['task', 'scenario'],
  definition: ['scenario', 'task'],
  run: ['scenario', 'result'],
  form: ['form'],
}

/** Rows kept by one statement, and characters of them after which it takes no more. */
const PART = { rows: 1_000, characters: 4 * 1024 ** 2 }

/** Most submissions of one task, which are kept with it. */
const MOST_SUBMISSIONS = 1_000

/** A submission as it is kept with its task, with its place. */
export interface KeptSubmission {
  readonly line: number | null
  readonly place: string
  readonly value: Json
}

/** Turns the records of a file into rows that wait to be written, and says what is at fault. Repeated ids are known by the ids alone. */
export class Staging {
  readonly #wanted: readonly string[] | undefined
  readonly #numbers: boolean
  readonly #submissions: boolean
  readonly #contentId: FileReader['contentId']
  readonly #findings = new Findings(NO_TALLIES)
  readonly #kinds = new Map<string, number>()
  /** How often each id came. */
  readonly #ids = new Map<string, number>()
  #rows: ImportRow[] = []
  /** The last task, whose submissions may still come. */
  #open: ImportRow | undefined
  #kept: KeptSubmission[] = []
  #keptLength = 0
  #length = 0
  #no = 0

  constructor(
    { target, submissions }: Pick<KeptImport, 'target' | 'submissions'>,
    contentId: FileReader['contentId'],
  ) {
    this.#wanted = target === null ? undefined : MADE_OF[target]
    this.#submissions = submissions
    this.#numbers = target === 'definition' || target === 'run'
    this.#contentId = contentId
  }

  /** The how manieth row was the last. */
  get no(): number {
    return this.#no
  }

  get tallies(): Tallies {
    return this.#findings.tallies
  }

  /** Whether so much waits that it is to be kept now. */
  get isFull(): boolean {
    return this.#rows.length >= PART.rows || this.#length >= PART.characters
  }

  find(found: Parameters<Findings['add']>[0]): void {
    this.#findings.add(found, this.#no)
  }

  add(record: FileRecord): void {
    const { kind, left } = record
    this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1)
    this.#findings.leave(kind, left)
    if (this.#submissions && kind === 'submission') {
      this.#keep(record)
      return
    }
    if (!isStaged(kind) || !this.#isWanted(kind)) return
    this.#close()
    this.#no++
    this.#put(kind, record)
  }

  /** All that came since the last call. */
  taken(): Pick<StagedPart, 'rows' | 'findings'> {
    const rows = this.#rows
    this.#rows = []
    this.#length = 0
    return { rows, findings: this.#findings.taken() }
  }

  /** The target that the file holds, if none was asked for. Says of each kind of records if it is not made. */
  end(asked: ImportTarget | null): { readonly target: ImportTarget; readonly read: number } {
    this.#close()
    const kinds = this.#kinds
    const target = asked ?? (kinds.has('form') ? 'form' : kinds.has('scenario') ? 'definition' : 'tasks')
    let read = 0
    for (const [kind, count] of kinds) {
      const isMade = this.#submissions && target === 'tasks' && kind === 'submission'
      if (isMade || MADE_OF[target].includes(kind)) read += count
      else
        this.find(
          finding('left', 'no_home', `${count} records of the kind ${kind} are not made as ${target}`),
        )
    }
    return { target, read }
  }

  /** Results are kept only if a run is asked for: no file is taken for one by itself. */
  #isWanted(kind: ImportRow['kind']): boolean {
    return this.#wanted?.includes(kind) ?? kind !== 'result'
  }

  #put(kind: ImportRow['kind'], record: FileRecord): void {
    const { line, place } = record
    const value = record.value as unknown as Json
    const named = idOf(kind, record)
    const fault = unkeptIn(record) ?? (named === null ? undefined : this.#faultOf(named))
    if (fault !== undefined) {
      // Nothing of it is made: of an id that is too long no part is kept.
      this.#findings.add(
        { ...fault, line, place, externalId: fault.isNamed ? named : null, level: 'error' },
        this.#no,
      )
      this.#rows.push({
        no: this.#no,
        line,
        place: '',
        externalId: null,
        kind,
        value: null,
        verdict: 'fault',
      })
      return
    }
    const externalId = kind === 'form' || kind === 'result' ? null : this.#idOf(named, value)
    this.#length += JSON.stringify(value).length
    const row = { no: this.#no, line, place, externalId, kind, value, verdict: 'ok' } as const
    if (this.#submissions && kind === 'task') this.#open = row
    else this.#rows.push(row)
  }

  /** Keeps a submission with the task that stands before it, so that each task is made with all of its own. */
  #keep(record: FileRecord): void {
    const { line, place } = record
    const { task } = record.value as { readonly task?: string }
    const value = record.value as unknown as Json
    const open = this.#open
    const fault = unkeptIn(record) ?? this.#unplaced(open, task)
    if (open === undefined || fault !== undefined) {
      const { code = 'task_missing', message = '' } = fault ?? {}
      const externalId = fault?.isNamed === true ? (task ?? null) : null
      this.#findings.add({ line, place, externalId, code, message, level: 'error' }, this.#no)
      return
    }
    this.#keptLength += JSON.stringify(value).length
    if (this.#kept.length < MOST_SUBMISSIONS && this.#keptLength <= PART.characters) {
      this.#kept.push({ line, place, value })
      return
    }
    const message = `is more than is kept with one task: ${MOST_SUBMISSIONS} submissions of ${PART.characters} characters`
    this.#findings.add(
      { line, place, externalId: open.externalId, code: 'too_long', message, level: 'error' },
      this.#no,
    )
  }

  /** Why a submission is of no task that it could be made with. */
  #unplaced(open: ImportRow | undefined, task: string | undefined): Fault | undefined {
    if (open !== undefined && open.externalId === task) return undefined
    const message = `answers the task ${task}, which was refused, or does not stand right before it`
    return { code: 'task_missing', message, isNamed: lengthOf(task ?? '') <= LONGEST_NAME }
  }

  /** No more submissions of the last task come. */
  #close(): void {
    const open = this.#open
    if (open === undefined) return
    const value = open.value as { readonly [name: string]: Json }
    const submissions = this.#kept as unknown as Json
    this.#rows.push(this.#kept.length === 0 ? open : { ...open, value: { ...value, submissions } })
    this.#length += this.#keptLength
    this.#open = undefined
    this.#kept = []
    this.#keptLength = 0
  }

  /** The id of the source, else one of its payload; a repeat of that gets a number. Scenarios without one are numbered later. */
  #idOf(named: string | null, value: Json): string | null {
    if (named !== null || this.#numbers) return named
    const id = this.#contentId((value as { readonly payload?: Json }).payload ?? null)
    const count = (this.#ids.get(id) ?? 0) + 1
    this.#ids.set(id, count)
    return count > 1 ? `${id}#${count}` : id
  }

  #faultOf(named: string): Fault | undefined {
    if (lengthOf(named) > LONGEST_NAME)
      return {
        code: 'id_too_long',
        message: `has an id of more than ${LONGEST_NAME} characters`,
        isNamed: false,
      }
    const isRepeated = this.#ids.has(named)
    this.#ids.set(named, 1)
    return isRepeated ? { code: 'id_repeated', message: `repeats the id ${named}`, isNamed: true } : undefined
  }
}

interface Fault {
  readonly code: string
  readonly message: string
  readonly isNamed: boolean
}

/** Why no database keeps a record. */
function unkeptIn({ value, place, externalId }: FileRecord): Fault | undefined {
  const [issue] = jsonIssues({ place, externalId, value })
  if (issue === undefined) return undefined
  const message = `${issue.path.replace(/^value\.?/, '')} ${issue.message}`.trim()
  return { code: 'bad_unicode', message, isNamed: false }
}

function isStaged(kind: string): kind is ImportRow['kind'] {
  return kind === 'task' || kind === 'scenario' || kind === 'result' || kind === 'form'
}

/** The id by which a record is known; a result has none of its own. */
function idOf(kind: ImportRow['kind'], { externalId, value }: FileRecord): string | null {
  if (kind === 'result') return null
  if (kind !== 'scenario') return externalId
  return (value as { readonly scenarioId?: string }).scenarioId ?? null
}
