import type { ProjectId } from '@muster/core'
import type { NewestKey, Slice, TaskFilter } from '@muster/core/ports'
import { folded } from '../connection/folded.ts'
import { type Statement, statement } from '../connection/queryable.ts'
import { LIVE } from './task-rows.ts'

/** Few are flagged or held by one person, so these are found by their rows, and the others by their age. */
const FLAGGED = 'select task_id from assignment where project_id = of.project_id and flagged_at is not null'

type Part = Exclude<keyof TaskFilter, 'projectId' | 'projectIds' | 'order' | 'purpose'>
/** The condition of each part of a filter, with `?` for its value. */
const CONDITIONS: Readonly<Record<Part, (value: unknown) => string>> = {
  taskIds: () => 'task.task_id = any(?::uuid[])',
  status: () => 'task.status = any(?::text[])',
  stepId: () => 'task.current_step_id = ?::text',
  externalId: () => 'task.external_id = ?::text',
  q: () =>
    `(strpos(${folded('task.external_id')}, ${folded('?::text')}) > 0 or strpos(task.task_id::text, ${folded('?::text')}) > 0)`,
  holder: () =>
    `task.task_id = any(array(select task_id from assignment where user_id = ?::uuid and status in ${LIVE}))`,
  skill: () => `task.shelf_id = any(array(
     select shelf_id from shelf
     where shelf.project_id = of.project_id and exists (
       select from jsonb_array_elements(shelf.requirements) as requirement where requirement -> 'anyOf' ? ?::text)))`,
  from: () => 'task.created_at >= ?::timestamptz',
  to: () => 'task.created_at < ?::timestamptz',
  flagged: (value) =>
    value === true
      ? `?::boolean and task.task_id = any(array(${FLAGGED}))`
      : `not ?::boolean and not exists (
          select from assignment where assignment.task_id = task.task_id and flagged_at is not null)`,
}
const PARTS = Object.keys(CONDITIONS) as Part[]

/** Tasks of a filter, read in its order. A condition that may be absent would keep indexes from being used: each filter has a statement of its own. */
export class FilteredTasks {
  readonly #filter: TaskFilter
  readonly #values: unknown[] = []
  readonly #where: string
  readonly #name: string

  constructor(filter: TaskFilter) {
    this.#filter = filter
    const present = PARTS.filter((part) => filter[part] !== undefined)
    const conditions = present.map((part) => {
      const value = filter[part]
      const place = this.#give(value)
      return placed(CONDITIONS[part](value), place)
    })
    const purpose = `(task.returns < 0) = ${this.#give(filter.purpose === 'control')}::boolean`
    this.#where = [purpose, ...conditions].join(' and ')
    const bits = PARTS.reduce((sum, part, nth) => sum + (filter[part] === undefined ? 0 : 2 ** nth), 0)
    const flagged = filter.flagged === false ? 'n' : ''
    this.#name = `${bits.toString(36)}${flagged}_${filter.order ?? 'desc'}`
  }

  /** The statement that reads a part of them as `columns`, and its values. `kind` names it; `more` is a further condition. */
  listing(
    kind: string,
    columns: string,
    { limit, after }: Slice<NewestKey>,
    more = 'true',
  ): readonly [Statement, unknown[]] {
    const values = [...this.#values]
    const give = (value: unknown): string => `$${values.push(value)}`
    const { order = 'desc' } = this.#filter
    const behind =
      after === undefined
        ? 'true'
        : `(task.created_at, task.task_id) ${order === 'desc' ? '<' : '>'} (${give(after.createdAt)}::timestamptz, ${give(after.id)}::uuid)`
    const most = `${give(limit)}::int`
    const by = `created_at ${order}, task_id ${order}`
    const text = `select ${columns} from (${this.#of(give)}) as of cross join lateral (
       select task.* from task
       where task.project_id = of.project_id and ${this.#where} and ${behind} and ${more} order by ${by} limit ${most}) as task
     order by task.created_at ${order}, task.task_id ${order} limit ${most}`
    const page = after === undefined ? '' : '_on'
    return [statement(`${kind}_${this.#name}_${this.#across}${page}`, text), values]
  }

  /** The statement that counts them by status and step. */
  counting(): readonly [Statement, unknown[]] {
    const values = [...this.#values]
    const give = (value: unknown): string => `$${values.push(value)}`
    const text = `select task.status, task.current_step_id as "stepId", count(*)::int as count
     from (${this.#of(give)}) as of join task on task.project_id = of.project_id
     where ${this.#where} group by task.status, task.current_step_id`
    return [statement(`task_count_${this.#name}_${this.#across}`, text), values]
  }

  get #across(): string {
    const { projectId, projectIds } = this.#filter
    return projectId !== undefined ? 'one' : projectIds === undefined ? 'all' : 'some'
  }

  #of(give: (value: unknown) => string): string {
    const { projectId, projectIds } = this.#filter
    if (projectId !== undefined) return `select ${give(projectId)}::uuid as project_id`
    if (projectIds !== undefined)
      return `select distinct unnest(${give(projectIds satisfies readonly ProjectId[])}::uuid[]) as project_id`
    return 'select project_id from project'
  }

  #give(value: unknown): string {
    return `$${this.#values.push(value)}`
  }
}

/** A condition with the value's place in it; `? ?` is the operator of JSON, and then the value. */
function placed(condition: string, place: string): string {
  return condition.replaceAll('?::', `${place}::`)
}
