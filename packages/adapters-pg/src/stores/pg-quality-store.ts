import type { FormId, TaskId, UserId } from '@muster/core'
import type {
  CompositionCounter,
  Counted,
  Counters,
  CountersWhere,
  PairCounter,
  QualityStore,
  RaterCounter,
  ShareCounter,
} from '@muster/core/quality'
import { type Connection, jsonText, type Statement, statement } from '../connection/queryable.ts'

/** Stands for no form, and for everybody: a key has no room for null. */
const NOBODY = '00000000-0000-0000-0000-000000000000'

const COUNTED = `project_id as "projectId", step_id as "stepId", nullif(form_id, '${NOBODY}') as "formId", question`
const SKILL = `nullif(skill, '') as skill`

const COUNT = statement('quality_count', 'select count_answers($1::uuid, $2::json)')

/** Counters of a project, where `$4` says something of them. */
function listed(name: string, fields: string, table: string, where: string, moved = 'tasks'): Statement {
  return statement(
    `quality_${name}`,
    `select ${COUNTED}, ${fields} from ${table}
     where project_id = $1 and ($2::text is null or step_id = $2) and ($3::text is null or question = $3)
       and ${where} and ${moved} <> 0`,
  )
}

const LIST_COMPOSITIONS = listed(
  'compositions',
  `${SKILL}, composition, tasks`,
  'composition',
  `(skill <> '') = $4`,
)
const LIST_PAIRS = listed(
  'pairs',
  'a, b, answer_a as "answerA", answer_b as "answerB", tasks',
  'pair_cell',
  'true',
)
const LIST_SHARES = listed(
  'shares',
  `${SKILL}, a, b, kind, tasks, sum::text as sum, squares::text as squares`,
  'share',
  `(skill <> '') = $4 and (a <> '${NOBODY}') = $5`,
)
const LIST_RATERS = listed(
  'raters',
  `${SKILL}, user_id as "userId", answers, compared`,
  'rater',
  `(skill <> '') = $4`,
  'answers',
)

interface ShareRow extends Omit<ShareCounter, 'pair' | 'sum' | 'squares'> {
  readonly a: UserId
  readonly b: UserId
  readonly sum: string
  readonly squares: string
}

/** Counters of the quality of work, in `composition`, `pair_cell`, `share` and `rater`. */
export class PgQualityStore implements QualityStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async count(taskId: TaskId, { compositions, pairs, shares, raters }: Counters): Promise<void> {
    await this.#connection.rows(COUNT, [
      taskId,
      jsonText({
        compositions: compositions.map(keyed),
        pairs: pairs.map(keyed),
        shares: shares.map(({ pair, ...row }) => ({
          ...keyed(row),
          a: pair?.a ?? NOBODY,
          b: pair?.b ?? NOBODY,
          sum: String(row.sum),
          squares: String(row.squares),
        })),
        raters: raters.map(keyed),
      }),
    ])
  }

  async listCounters(
    { projectId, stepId, question }: CountersWhere,
    by: 'overall' | 'skill' | 'pair',
  ): Promise<Counters> {
    const where = [projectId, stepId ?? null, question ?? null]
    const bySkill = by === 'skill'
    const rows = <Row extends object>(list: Statement, ...more: readonly boolean[]): Promise<Row[]> =>
      this.#connection.rows<Row>(list, [...where, ...more])
    const [compositions, pairs, shares, raters] = [
      by === 'pair' ? [] : await rows<CompositionCounter>(LIST_COMPOSITIONS, bySkill),
      by === 'pair' ? await rows<PairCounter>(LIST_PAIRS) : [],
      await rows<ShareRow>(LIST_SHARES, bySkill, by === 'pair'),
      await rows<RaterCounter>(LIST_RATERS, bySkill),
    ]
    return { compositions, pairs, shares: shares.map(shareOf), raters }
  }
}

function keyed<Row extends Counted & { readonly skill?: string | null }>(row: Row) {
  return { ...row, formId: row.formId ?? (NOBODY as FormId), skill: row.skill ?? '' }
}

function shareOf({ a, b, sum, squares, ...row }: ShareRow): ShareCounter {
  return { ...row, pair: a === NOBODY ? null : { a, b }, sum: BigInt(sum), squares: BigInt(squares) }
}
