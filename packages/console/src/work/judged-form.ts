import type { Form } from '@muster/core/forms'
import { useEffect, useState } from 'preact/hooks'
import { CallError, call } from '../api/call.ts'
import type { Item } from './item.ts'

/** The form of what is judged: an adjudication's own, a review's that of the step before; undefined for any JSON. */
export function useJudgedForm(item: Item): Form | undefined {
  const [read, setRead] = useState<Form | undefined>(undefined)
  useEffect(() => {
    if (item.stepType !== 'review' || item.work.submissions.length === 0) return
    // Without it the answers are shown as JSON, which holds all of them too.
    void formBefore(item).then(setRead, (error: unknown) => {
      if (!(error instanceof CallError)) throw error
    })
  }, [item])
  return item.stepType === 'adjudication' ? (item.work.form ?? undefined) : read
}

async function formBefore({ work }: Item): Promise<Form | undefined> {
  const { taskId, stepId } = work.assignment
  const { steps, formId } = await call('GET /tasks/{id}', { query: {}, params: { id: taskId } })
  const place = steps.findIndex((step) => step.stepId === stepId)
  const before = steps.slice(0, place).findLast(({ stepType }) => stepType === 'annotation')
  const id = formId ?? before?.formId
  if (id == null) return undefined
  return (await call('GET /forms/{id}', { params: { id } })) as unknown as Form
}
