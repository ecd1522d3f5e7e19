import type { FormId, ProjectId, TaskId, UserId } from '@muster/core'
import type { QualityScore } from '@muster/core/ports'
import type {
  CompositionCounter,
  ControlLeft,
  Counted,
  Counters,
  CountersWhere,
  KnownCounter,
  LiftedPause,
  PairCounter,
  Pause,
  QualityStore,
  RaterCounter,
  ShareCounter,
  Watch,
} from '@muster/core/quality'
import { type Connection, jsonText, NIL_UUID, type Statement, statement } from '../connection/queryable.ts'
import { LIVE } from '../tasks/task-rows.ts'

/** Stands for no form, and for everybody: a key has no room for null. */
const NOBODY = NIL_UUID

const COUNTED = `project_id as "projectId", step_id as "stepId", nullif(form_id, '${NOBODY}') as "formId", question`
const SKILL = `nullif(skill, '') as skill`

const LIST_SCORES = statement(
  'quality_scores',
  `select user_id as "userId", project_id as "projectId", step_type as "stepType", score, samples from quality
   where user_id = any($2::uuid[]) and project_id = $1 order by user_id, step_type`,
)

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

const KNOWN = `project_id as "projectId", step_id as "stepId", question, user_id as "userId", known, given, correct as "right", times`
const ADD_KNOWN = statement(
  'known_add',
  `insert into known (project_id, user_id, step_id, question, known, given, correct, times)
   select "projectId", "userId", "stepId", question, known, given, "right", times
   from json_to_recordset($1::json) as added ("projectId" uuid, "userId" uuid, "stepId" text, question text, known text,
     given text, "right" boolean, times bigint)
   order by 1, 2, 3, 4, 5, 6, 7
   on conflict (project_id, user_id, step_id, question, known, given, correct)
     do update set times = known.times + excluded.times`,
)
const LIST_KNOWN = statement(
  'known_list',
  `select ${KNOWN} from known where project_id = $1 and user_id = $2
   order by step_id collate "C", question collate "C", known collate "C", given collate "C", correct`,
)

const WATCH = `project_id as "projectId", user_id as "userId", judged, correct as "right", controls,
  controls_correct as "controlsRight", sum, clean_since as "cleanSince", suspect_since as "suspectSince",
  paused_at as "pausedAt", pause_reason as "reason", paused_by as "by", pause_words as words`
const KNOW_WATCH = statement(
  'watch_know',
  'insert into watch (project_id, user_id) values ($1, $2) on conflict do nothing',
)
const LOCK_WATCH = statement(
  'watch_lock',
  `select ${WATCH} from watch where project_id = $1 and user_id = $2 for no key update`,
)
const SAVE_WATCH = statement(
  'watch_save',
  `update watch set judged = $3, correct = $4, controls = $5, controls_correct = $6, sum = $7, clean_since = $8,
     suspect_since = $9, paused_at = $10, pause_reason = $11, paused_by = $12, pause_words = $13
   where project_id = $1 and user_id = $2`,
)
const LIST_WATCHES = statement(
  'watch_list',
  `select ${WATCH} from watch where project_id = any($1::uuid[]) and user_id = any($2::uuid[])`,
)
const LIST_PAUSED_HOLDERS = statement(
  'watch_paused_holders',
  `select project_id as "projectId", user_id as "userId" from watch
   where paused_at is not null and (
     exists (select from assignment as a
       where a.user_id = watch.user_id and a.project_id = watch.project_id and a.status in ${LIVE})
     or exists (select from slot join task using (task_id)
       where slot.reserved_for = watch.user_id and task.project_id = watch.project_id))
   limit $1`,
)

const ADD_LIFTED = statement(
  'lifted_pause_add',
  `insert into lifted_pause (project_id, user_id, paused_at, pause_reason, paused_by, pause_words, lifted_at, lifted_by, lift_words)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
)
const LIST_LIFTED = statement(
  'lifted_pause_list',
  `select paused_at as since, pause_reason as reason, paused_by as by, pause_words as words,
     lifted_at as "liftedAt", lifted_by as "liftedBy", lift_words as "liftWords"
   from lifted_pause where project_id = $1 and user_id = $2 order by nth desc limit $3`,
)

const LIST_CONTROLS = statement(
  'control_list',
  `select task_id as "taskId", workflow_id as "workflowId", required_skills as "requiredSkills", created_at as "createdAt"
   from task where project_id = $1 and returns < 0 and status = 'open' and not exists (
     select from assignment as a where a.task_id = task.task_id and a.user_id = $2 and a.end_reason is distinct from 'unseen')
   order by task_id limit $3`,
)
const DRAW_WORK = statement(
  'control_draw_work',
  `with work as materialized (
     select task_id, row_number() over (order by task_id) - 1 as place, count(*) over () as tasks
     from task where project_id = $1 and returns >= 0)
   select work.task_id as "taskId"
   from unnest($2::float8[]) with ordinality as drawn (draw, nth)
     join work on work.place = floor(drawn.draw * work.tasks)
   order by drawn.nth`,
)
const NOTE_EXHAUSTED = statement(
  'control_exhausted',
  `insert into watch (project_id, user_id, exhausted_at) values ($1, $2, $3)
   on conflict (project_id, user_id) do update set exhausted_at = excluded.exhausted_at
     where watch.exhausted_at is null or watch.exhausted_at < $4
   returning user_id`,
)

interface LiftedRow extends Pause {
  readonly liftedAt: Date
  readonly liftedBy: UserId | null
  readonly liftWords: string
}

interface WatchRow extends Omit<Watch, 'paused'>, Omit<Pause, 'since' | 'reason'> {
  readonly pausedAt: Date | null
  readonly reason: Pause['reason'] | null
}

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

  async addKnown(added: readonly KnownCounter[]): Promise<void> {
    if (added.length > 0) await this.#connection.rows(ADD_KNOWN, [jsonText(added)])
  }

  listKnown(projectId: ProjectId, userId: UserId): Promise<KnownCounter[]> {
    return this.#connection.rows<KnownCounter>(LIST_KNOWN, [projectId, userId])
  }

  lockWatch(projectId: ProjectId, userId: UserId): Promise<Watch> {
    return this.#connection.atomically(async (connection) => {
      await connection.rows(KNOW_WATCH, [projectId, userId])
      const [row] = await connection.rows<WatchRow>(LOCK_WATCH, [projectId, userId])
      if (row === undefined) throw new Error('a watch vanished between two statements')
      return watchOf(row)
    })
  }

  async saveWatch(watch: Watch): Promise<void> {
    const { paused } = watch
    await this.#connection.rows(SAVE_WATCH, [
      watch.projectId,
      watch.userId,
      watch.judged,
      watch.right,
      watch.controls,
      watch.controlsRight,
      watch.sum,
      watch.cleanSince,
      watch.suspectSince,
      paused?.since ?? null,
      paused?.reason ?? null,
      paused?.by ?? null,
      paused?.words ?? null,
    ])
  }

  async listWatches({
    projectIds,
    userIds,
  }: {
    readonly projectIds: readonly ProjectId[]
    readonly userIds: readonly UserId[]
  }): Promise<Watch[]> {
    return (await this.#connection.rows<WatchRow>(LIST_WATCHES, [projectIds, userIds])).map(watchOf)
  }

  listScores(projectId: ProjectId, userIds: readonly UserId[]): Promise<QualityScore[]> {
    return this.#connection.rows<QualityScore>(LIST_SCORES, [projectId, userIds])
  }

  async addLifted(projectId: ProjectId, userId: UserId, pause: LiftedPause): Promise<void> {
    const { since, reason, by, words, lifted } = pause
    await this.#connection.rows(ADD_LIFTED, [
      projectId,
      userId,
      since,
      reason,
      by,
      words,
      lifted.at,
      lifted.by,
      lifted.words,
    ])
  }

  async listLifted(projectId: ProjectId, userId: UserId, limit: number): Promise<LiftedPause[]> {
    const rows = await this.#connection.rows<LiftedRow>(LIST_LIFTED, [projectId, userId, limit])
    return rows.map(({ liftedAt: at, liftedBy: by, liftWords: words, ...pause }) => ({
      ...pause,
      lifted: { at, by, words },
    }))
  }

  listControls(projectId: ProjectId, userId: UserId, limit: number): Promise<ControlLeft[]> {
    return this.#connection.rows<ControlLeft>(LIST_CONTROLS, [projectId, userId, limit])
  }

  async drawWork(projectId: ProjectId, draws: readonly number[]): Promise<TaskId[]> {
    const rows = await this.#connection.rows<{ taskId: TaskId }>(DRAW_WORK, [projectId, draws])
    return rows.map(({ taskId }) => taskId)
  }

  async noteExhausted(projectId: ProjectId, userId: UserId, now: Date, since: Date): Promise<boolean> {
    const noted = await this.#connection.rows(NOTE_EXHAUSTED, [projectId, userId, now, since])
    return noted.length > 0
  }

  listPausedHolders(limit: number): Promise<{ readonly projectId: ProjectId; readonly userId: UserId }[]> {
    return this.#connection.rows(LIST_PAUSED_HOLDERS, [limit])
  }
}

function keyed<Row extends Counted & { readonly skill?: string | null }>(row: Row) {
  return { ...row, formId: row.formId ?? (NOBODY as FormId), skill: row.skill ?? '' }
}

function shareOf({ a, b, sum, squares, ...row }: ShareRow): ShareCounter {
  return { ...row, pair: a === NOBODY ? null : { a, b }, sum: BigInt(sum), squares: BigInt(squares) }
}

function watchOf({ pausedAt, reason, by, words, ...row }: WatchRow): Watch {
  const paused = pausedAt === null || reason === null ? null : { since: pausedAt, reason, by, words }
  return { ...row, paused }
}
