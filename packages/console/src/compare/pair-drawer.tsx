import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { Drawer } from '../design/drawer.tsx'
import { JobOutcome } from '../design/job-outcome.tsx'
import { JsonView } from '../design/json-view.tsx'
import { Loading } from '../design/loading.tsx'
import { Trouble } from '../design/trouble.tsx'
import { useReading } from '../feed/reading.ts'
import { become, changed } from '../route/route.ts'
import { type Comparison, readJob } from './data.ts'
import { WORDS } from './words.ts'

interface PairDrawerProps {
  readonly comparison: Comparison
  /** Its key: the repeat, a space, the scenario. */
  readonly pair: string
}

/** One pair: the item, and what each side made of it. */
export function PairDrawer({ comparison, pair }: PairDrawerProps): VNode {
  const { projectId, baseline, candidate } = comparison
  const [, repeat = '1', scenarioId = ''] = /^(\d+) (.*)$/s.exec(pair) ?? []
  const sides = useReading(() => {
    const of = { scenarioId, repeat: Number(repeat) }
    return Promise.all([readJob(projectId, baseline, of), readJob(projectId, candidate, of)])
  })
  useEffect(() => void sides.again(), [])
  const now = sides.value.value
  const payload = now?.find((job) => job !== undefined)?.payload
  return (
    <Drawer title={<bdi>{scenarioId}</bdi>} of={pair} onClose={() => become(changed({ pair: undefined }))}>
      {sides.problem.value !== undefined && (
        <Trouble problem={sides.problem.value} onAgain={() => void sides.again()} />
      )}
      {now === undefined ? (
        sides.problem.value === undefined && <Loading rows={6} />
      ) : (
        <>
          <h3>{WORDS.item}</h3>
          {payload === undefined ? <p class="quiet">{WORDS.noJob}</p> : <JsonView value={payload} />}
          {now.map((job, nth) => {
            const { model } = nth === 0 ? baseline : candidate
            const title = nth === 0 ? WORDS.inBaseline : WORDS.inCandidate
            return (
              <JobOutcome
                key={title}
                label={title}
                title={
                  <>
                    <b>{title}</b> <bdi>{model}</bdi>
                  </>
                }
                projectId={projectId}
                job={job}
                none={WORDS.noJob}
              />
            )
          })}
        </>
      )}
    </Drawer>
  )
}
