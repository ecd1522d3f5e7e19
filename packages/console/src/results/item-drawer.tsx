import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { call } from '../api/call.ts'
import { Drawer } from '../design/drawer.tsx'
import { JsonView } from '../design/json-view.tsx'
import { Loading } from '../design/loading.tsx'
import { lookOf, State } from '../design/state.tsx'
import { Trouble } from '../design/trouble.tsx'
import { useReading } from '../feed/reading.ts'
import { become, changed, hrefOf } from '../route/route.ts'
import { CellView } from './cell.tsx'
import { isOdd, type Run, readJob } from './data.ts'
import { WORDS } from './words.ts'

/** Models whose whole results are read with the drawer; of the others what the table has is shown. */
const MOST_MODELS = 12

interface ItemDrawerProps {
  readonly run: Run
  readonly place: number
  readonly labelAt: string | undefined
}

/** One scenario: the item, what each model said of it, and the task that came of it. */
export function ItemDrawer({ run, place, labelAt }: ItemDrawerProps): VNode {
  const { runId, projectId, config } = run
  const item = useReading(async () => {
    const query = { places: String(place) as never, ...(labelAt !== undefined && { labelAt }) }
    const { rows } = await call('GET /runs/{id}/matrix', { params: { id: runId }, query })
    const row = rows[0]
    if (row === undefined) return undefined
    const jobs = await Promise.all(
      config.models.slice(0, MOST_MODELS).flatMap((model) => {
        const jobId = row.cells[model]?.jobId
        return jobId === undefined ? [] : [readJob(projectId, jobId).then((job) => ({ model, job }))]
      }),
    )
    return { row, jobs }
  })
  useEffect(() => void item.again(), [place, labelAt])
  const now = item.value.value
  const close = (): void => become(changed({ item: undefined }))
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
          <JsonView value={now.jobs[0]?.job.payload ?? now.row.preview} />
          <h3>{WORDS.answers}</h3>
          {config.models.length > MOST_MODELS && (
            <p class="quiet">
              {MOST_MODELS} of {config.models.length} in full, {WORDS.rest}
            </p>
          )}
          {now.jobs.map(({ model, job }) => (
            <section key={model} class="results-answer" aria-label={model}>
              <p class="results-answer-head">
                <b dir="auto">{model}</b>
                <State look={lookOf('job', job.state)} />
                {job.state === 'completed' && (
                  <CellView cell={now.row.cells[model]} isOdd={isOdd(now.row, model)} />
                )}
                <a href={hrefOf({ page: 'jobs', project: projectId, item: job.itemId })}>Job</a>
              </p>
              {job.error !== null && (
                <p dir="auto">
                  <code>{job.error.code}</code> {job.error.message}
                </p>
              )}
              {job.result !== undefined && job.result !== null && <JsonView value={job.result} />}
            </section>
          ))}
          {config.models.slice(MOST_MODELS).map((model) => (
            <section key={model} class="results-answer" aria-label={model}>
              <p class="results-answer-head">
                <b dir="auto">{model}</b>
                <CellView cell={now.row.cells[model]} isOdd={isOdd(now.row, model)} />
                {now.row.cells[model] !== undefined && (
                  <a href={hrefOf({ page: 'jobs', project: projectId, item: now.row.cells[model].jobId })}>
                    Job
                  </a>
                )}
              </p>
            </section>
          ))}
          <h3>{WORDS.task}</h3>
          {now.row.taskId === null ? (
            <p class="quiet">{WORDS.noTask}</p>
          ) : (
            <p>
              <a href={hrefOf({ page: 'task', project: projectId, item: now.row.taskId })}>Open the task</a>
            </p>
          )}
        </>
      )}
    </Drawer>
  )
}
