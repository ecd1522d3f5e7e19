import type { Form, FormQuestion } from '@muster/core/forms'
import { useEffect, useState } from 'preact/hooks'
import { CallError, call } from '../api/call.ts'
import type { Item } from './item.ts'

/** The questions that what is judged was asked: an adjudication's own, a review's those of the step before; undefined for any JSON. */
export function useJudgedQuestions(item: Item): readonly FormQuestion[] | undefined {
  const [read, setRead] = useState<readonly FormQuestion[] | undefined>(undefined)
  useEffect(() => {
    if (item.stepType !== 'review' || item.work.submissions.length === 0) return
    // Without it the answers are shown as JSON, which holds all of them too.
    void questionsBefore(item).then(setRead, (error: unknown) => {
      if (!(error instanceof CallError)) throw error
    })
  }, [item])
  return item.stepType === 'adjudication' ? item.work.form?.questions : read
}

async function questionsBefore({ work }: Item): Promise<readonly FormQuestion[] | undefined> {
  const { taskId, stepId } = work.assignment
  const { steps, formId } = await call('GET /tasks/{id}', { query: {}, params: { id: taskId } })
  const place = steps.findIndex((step) => step.stepId === stepId)
  const before = steps.slice(0, place).findLast(({ stepType }) => stepType === 'annotation')
  const id = formId ?? before?.formId
  if (id == null) return undefined
  return ((await call('GET /forms/{id}', { params: { id } })) as unknown as Form).questions
}
