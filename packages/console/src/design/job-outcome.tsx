import type { ComponentChildren, VNode } from 'preact'
import { hrefOf } from '../route/route.ts'
import './job-outcome.css'
import { JsonView } from './json-view.tsx'
import { lookOf, State } from './state.tsx'

interface JobOutcomeProps {
  /** Whose outcome it is. */
  readonly label: string
  /** The same, as it is shown. */
  readonly title?: ComponentChildren
  readonly projectId: string
  /** Missing: there is none. */
  readonly job:
    | {
        readonly itemId: string
        readonly state: string
        readonly result?: unknown
        readonly error: { readonly code: string; readonly message: string } | null
      }
    | undefined
  /** What is said if there is none. */
  readonly none: string
  /** Stands beside its state. */
  readonly children?: ComponentChildren
}

/** What a job came to, beside others of its item: its state, its error or its result, and the way to it. */
export function JobOutcome({ label, title, projectId, job, none, children }: JobOutcomeProps): VNode {
  return (
    <section class="job-outcome" aria-label={label}>
      <p>
        {title ?? <b dir="auto">{label}</b>}
        {job === undefined ? (
          <span class="quiet">{none}</span>
        ) : (
          <>
            <State look={lookOf('job', job.state)} />
            {children}
            <a href={hrefOf({ page: 'jobs', project: projectId, item: job.itemId })}>Job</a>
          </>
        )}
      </p>
      {job != null && job.error !== null && (
        <p dir="auto">
          <code>{job.error.code}</code> {job.error.message}
        </p>
      )}
      {job?.result != null && <JsonView value={job.result} />}
    </section>
  )
}
