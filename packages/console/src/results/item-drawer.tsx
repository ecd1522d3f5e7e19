import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { call } from '../api/call.ts'
import { Drawer } from '../design/drawer.tsx'
import { JobOutcome } from '../design/job-outcome.tsx'
import { Loading } from '../design/loading.tsx'
import { Trouble } from '../design/trouble.tsx'
import { useReading } from '../feed/reading.ts'
import { ItemShown } from '../forms/item-shown.tsx'
import { become, changed, hrefOf } from '../route/route.ts'
import { CellView, PeopleView } from './cell.tsx'
import { cellIn, columnsOf, type Run, readJob, rowsOf, signOf } from './data.ts'
import { WORDS } from './words.ts'

/** Models whose whole results are read with the drawer; of the others what the table has is shown. */
const MOST_MODELS = 12

interface ItemDrawerProps {
  readonly run: Run
  /** Stands beside it. */
  readonly beside: Run | undefined
  readonly place: number
  readonly labelAt: string | undefined
}

/** One scenario: the item as its task's form shows it, what each model said of it, and the task that came of it. */
export function ItemDrawer({ run, beside, place, labelAt }: ItemDrawerProps): VNode {
  const { projectId } = run
  const columns = columnsOf(run, beside)
  const item = useReading(async () => {
    const [row] = await rowsOf(run, beside, [place], labelAt)
    if (row === undefined) return undefined
    const [task, ...jobs] = await Promise.all([
      row.taskId === null
        ? undefined
        : call('GET /tasks/{id}', { params: { id: row.taskId }, query: { include: 'show' } }),
      ...columns.slice(0, MOST_MODELS).map(async (column) => {
        const jobId = cellIn(row, column)?.jobId
        return { column, job: jobId === undefined ? undefined : await readJob(projectId, jobId) }
      }),
    ])
    return { row, jobs, task }
  })
  useEffect(() => void item.again(), [place, labelAt, beside?.runId])
  const now = item.value.value
  const close = (): void => become(changed({ item: undefined }))
  const nameOf = ({ model, isBeside }: (typeof columns)[number]): string =>
    isBeside ? `${model} ${WORDS.second}` : model
  return (
    <Drawer title={now?.row.scenarioId ?? `Place ${place}`} of={String(place)} onClose={close}>
      {item.problem.value !== undefined && (
        <Trouble problem={item.problem.value} onAgain={() => void item.again()} />
      )}
      {now === undefined ? (
        item.problem.value === undefined && <Loading rows={6} />
      ) : (
        <>
          <h3>{WORDS.item}</h3>
          <ItemShown
            payload={now.jobs.find(({ job }) => job !== undefined)?.job?.payload ?? now.row.preview}
            show={now.task?.show}
          />
          <h3>{WORDS.task}</h3>
          {now.row.taskId === null ? (
            <p class="quiet">{WORDS.noTask}</p>
          ) : (
            <p class="results-task">
              <PeopleView people={now.row.people} />
              <a href={hrefOf({ page: 'task', project: projectId, item: now.row.taskId })}>Open the task</a>
            </p>
          )}
          <h3>{WORDS.answers}</h3>
          {columns.length > MOST_MODELS && (
            <p class="quiet">
              {MOST_MODELS} of {columns.length} in full, {WORDS.rest}
            </p>
          )}
          {now.jobs.map(({ column, job }) => (
            <JobOutcome
              key={column.key}
              label={nameOf(column)}
              projectId={projectId}
              job={job}
              none={WORDS.notSampled}
            >
              {job?.state === 'completed' && (
                <CellView cell={cellIn(now.row, column)} sign={signOf(now.row, column)} />
              )}
            </JobOutcome>
          ))}
          {columns.slice(MOST_MODELS).map((column) => {
            const cell = cellIn(now.row, column)
            return (
              <section key={column.key} class="job-outcome" aria-label={nameOf(column)}>
                <p>
                  <b dir="auto">{nameOf(column)}</b>
                  <CellView cell={cell} sign={signOf(now.row, column)} />
                  {cell !== undefined && (
                    <a href={hrefOf({ page: 'jobs', project: projectId, item: cell.jobId })}>Job</a>
                  )}
                </p>
              </section>
            )
          })}
        </>
      )}
    </Drawer>
  )
}
