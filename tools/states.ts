import { ASSIGNMENT_MOVES, JOB_MOVES, RUN_CONTROLS, RUN_MOVES, TASK_MOVES } from '@muster/core/rules'

type Moves = Readonly<Record<string, readonly string[]>>

/** What has states, the table that the code goes by, and in words why each move is made, by `from → to`. */
interface Subject {
  readonly title: string
  readonly about: string
  readonly table: string
  readonly begins: string
  readonly moves: Moves
  readonly why: Readonly<Record<string, string>>
  readonly after?: readonly string[]
}

const ENDS_OF_A_HOLD = (from: string): Record<string, string> => ({
  [`${from} → rejected`]: 'reject',
  [`${from} → expired`]: 'lease ended, task cancelled',
  [`${from} → reassigned`]:
    from === 'assigned'
      ? 'release, reassign, suspended, paused, removed, lapsed unseen'
      : 'release, reassign, suspended, paused, removed',
})

const SUBJECTS: readonly Subject[] = [
  {
    title: 'Tasks',
    about: 'A task is `open` from step to step until no step is left whose condition holds.',
    table: '[`TASK_MOVES`](../packages/core/src/workflow/task-lifecycle.ts)',
    begins: 'open',
    moves: TASK_MOVES,
    why: { 'open → completed': 'the last step is complete', 'open → cancelled': 'cancel' },
  },
  {
    title: 'Assignments',
    about:
      'One person’s hold on one step of one task. `assigned`, `accepted` and `in_progress` are live: they hold a slot and count against the limit. ' +
      'Coming back to `assigned` raises `attempt`, which is the fence of every move.',
    table: '[`ASSIGNMENT_MOVES`](../packages/core/src/assignment/assignment-lifecycle.ts)',
    begins: 'assigned',
    moves: ASSIGNMENT_MOVES,
    why: {
      'assigned → accepted': 'accept',
      'assigned → in_progress': 'start',
      ...ENDS_OF_A_HOLD('assigned'),
      'accepted → in_progress': 'start',
      ...ENDS_OF_A_HOLD('accepted'),
      'in_progress → submitted': 'submit',
      ...ENDS_OF_A_HOLD('in_progress'),
      'submitted → assigned': 'a review’s return',
      'expired → assigned': 'revival',
      'reassigned → assigned': 'revival',
    },
  },
  {
    title: 'Runs',
    about: 'A run is `pending` until a job of it begins, and `completed` by the settling of its last one.',
    table: '[`RUN_MOVES`](../packages/core/src/runs/run-lifecycle.ts)',
    begins: 'pending',
    moves: RUN_MOVES,
    why: {
      'pending → running': 'its first job begins',
      'pending → paused': 'pause',
      'pending → cancelled': 'cancel',
      'pending → completed': 'the rest is cancelled one by one',
      'running → paused': 'pause',
      'running → completed': 'the last job settles',
      'running → cancelled': 'cancel',
      'paused → running': 'resume, where a job ever began',
      'paused → pending': 'resume, where none did',
      'paused → cancelled': 'cancel',
      'paused → completed': 'the last active job settles',
      'completed → running': 'retry-failed',
    },
    after: [
      'In each status a control moves the run, changes nothing, or is refused as `run_state` (`RUN_CONTROLS`). Retry-failed also changes nothing on a run that has no failed jobs, unless it was cancelled.',
      table(
        ['control', ...Object.keys(RUN_MOVES)],
        Object.entries(RUN_CONTROLS).map(([control, effects]) => [
          control.replace('_', '-'),
          ...Object.keys(RUN_MOVES).map((status) => effects[status as keyof typeof effects]),
        ]),
      ),
    ],
  },
  {
    title: 'Jobs',
    about:
      'A job that waits for a delay or a retry is `pending` too, without a position. `completed`, `failed` and `cancelled` are settled, and counted once.',
    table: '[`JOB_MOVES`](../packages/core/src/jobs/job-lifecycle.ts)',
    begins: 'pending',
    moves: JOB_MOVES,
    why: {
      'pending → active': 'a worker begins it',
      'pending → cancelled': 'cancel, of it, its run or its queue',
      'active → pending': 'retry, the other side asks to wait, worker died or shut down',
      'active → completed': 'its handler answered',
      'active → failed': 'not retryable, or attempts used up',
      'active → cancelled': 'told to stop',
      'failed → pending': 'retry of an item, retry-failed',
    },
  },
]

/** `docs/states.md`. @throws Error where a move has no words, or words no move */
export function statesPage(): string {
  const head =
    '# States\n\nDrawn from the tables that the code goes by; a test keeps them equal. After a change of a table: `npm run docs:states`. ' +
    'Every other move is refused, naming both states.\n'
  return `${head}\n${SUBJECTS.map(sectionOf).join('\n\n')}\n`
}

function sectionOf({ title, about, table: source, begins, moves, why, after = [] }: Subject): string {
  const drawn = Object.entries(moves).flatMap(([from, tos]) => tos.map((to) => `${from} → ${to}`))
  for (const move of drawn) if (!(move in why)) throw new Error(`${title}: nothing says why ${move}`)
  for (const move of Object.keys(why))
    if (!drawn.includes(move)) throw new Error(`${title}: there is no ${move}`)
  const ends = Object.keys(moves).filter((state) => moves[state]?.length === 0)
  const arrows = [
    `[*] --> ${begins}`,
    ...drawn.map((move) => `${move.replace('→', '-->')}: ${why[move]}`),
    ...ends.map((state) => `${state} --> [*]`),
  ]
  const rows = drawn.map((move) => [...move.split(' → ').map((state) => `\`${state}\``), why[move] ?? ''])
  return [
    `## ${title}`,
    `${about} Table: ${source}.`,
    `\`\`\`mermaid\nstateDiagram-v2\n${arrows.map((arrow) => `  ${arrow}`).join('\n')}\n\`\`\``,
    table(['from', 'to', 'by'], rows),
    ...after,
  ].join('\n\n')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
