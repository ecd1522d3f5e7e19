import type { Clock, Ids } from '../environment.ts'
import { NotFoundError, ValidationError } from '../errors.ts'
import type { FormId, TaskId } from '../ids.ts'
import { type Issue, type Json, pathOf, sameJson } from '../json/json.ts'
import { newestKey, page } from '../paging.ts'
import type { Transactions } from '../transactions.ts'
import { answerSchema } from './answer-schema.ts'
import { checkPayload } from './check-payload.ts'
import { checkGold, checkResult } from './check-result.ts'
import type { Form, NewForm } from './form.ts'
import { readForm } from './form-input.ts'
import type { FormStore } from './form-store.ts'
import type { FormUseCases, ResultToCheck, TaskToCheck } from './forms.ts'
import { judgeOf } from './judge.ts'
import { sidesOf } from './sides.ts'

/** The stores that the use cases of forms need. */
export interface FormStores {
  readonly forms: FormStore
  readonly tasks: { find(taskId: TaskId): Promise<{ readonly payload: Json } | undefined> }
}

/** Dependencies of the use cases of forms. */
export interface FormDeps {
  readonly transactions: Transactions<FormStores>
  readonly clock: Clock
  readonly ids: Ids
}

/** The use cases of forms. */
export function formUseCases({ transactions, clock, ids }: FormDeps): FormUseCases {
  const { stores } = transactions

  const get = async (formId: FormId): Promise<Form> => {
    const form = await stores.forms.find(formId)
    if (form === undefined) throw new NotFoundError('form', formId)
    return form
  }

  return {
    get,

    async add(input) {
      const given = readWhole(input)
      return transactions.transaction(({ forms }) => keptForm(forms, given, ids, clock.now()))
    },

    list: ({ name, ...request }) =>
      page(
        request,
        ['forms', name ?? null],
        newestKey<Form>(({ formId }) => formId),
        (slice) => stores.forms.list({ name }, slice),
      ),

    async schema(formId, { taskId, payload, review } = {}) {
      const form = await get(formId)
      if (taskId === undefined && payload === undefined) return answerSchema(form, {}, { review })
      const task = taskId === undefined ? undefined : await stores.tasks.find(taskId)
      const shown = payload === undefined ? task?.payload : payload
      if (shown === undefined) throw new NotFoundError('task', String(taskId))
      return answerSchema(form, sidesOf(form, shown), { review })
    },

    async check({ form: input, payload, result, tasks = [], results = [] }) {
      let form: NewForm
      try {
        form = readWhole(input, ['form'])
      } catch (refusal) {
        if (!(refusal instanceof ValidationError)) throw refusal
        return { ok: false, errors: refusal.issues, schema: null }
      }
      const inPayload = payload === undefined ? [] : checkPayload(form, payload)
      const inResult = result === undefined ? [] : checkResult(form, payload, result)
      const inTasks = tasks.flatMap((task, index) =>
        taskFaults(form, task).map((fault) => ({ ...fault, path: pathOf(['tasks', index, fault.path]) })),
      )
      const inResults = results.flatMap((one, index) =>
        resultFaults(form, one, tasks).map((fault) => ({
          ...fault,
          path: pathOf(['results', index, fault.path]),
        })),
      )
      const errors = [...inPayload, ...inResult, ...inTasks, ...inResults]
      return { ok: errors.length === 0, errors, schema: answerSchema(form) }
    },
  }
}

/** Why no task of that payload and known answer can be asked about by the form. */
function taskFaults(form: NewForm, { payload, gold }: TaskToCheck): readonly Issue[] {
  const unfit = checkPayload(form, payload)
  return unfit.length > 0 || gold == null ? unfit : checkGold(form, payload, gold)
}

/** Why somebody's answers are none to a task that is checked with them. */
function resultFaults(
  form: NewForm,
  { task, result }: ResultToCheck,
  tasks: readonly TaskToCheck[],
): readonly Issue[] {
  const asked = tasks[task]
  if (asked === undefined) return [{ path: 'task', message: 'must be the place of one of the tasks' }]
  return checkResult(form, asked.payload, result)
}

/**
 * The form kept as the next version of its name, in this transaction; the latest version if that says the same. `created` says which.
 */
export async function keptForm(
  forms: FormStore,
  given: NewForm,
  ids: Ids,
  createdAt: Date,
): Promise<Form & { readonly created: boolean }> {
  const latest = await forms.lockLatest(given.name)
  if (latest !== undefined && saysTheSame(latest, given)) return { ...latest, created: false }
  const form: Form = {
    ...given,
    formId: ids.next() as FormId,
    version: (latest?.version ?? 0) + 1,
    createdAt,
  }
  await forms.add(form)
  return { ...form, created: true }
}

/** Whether a form that is kept says what the other one says. */
export function saysTheSame(kept: Form, given: NewForm): boolean {
  return sameJson(saidBy(kept), given as unknown as Json)
}

/** A form as its author wrote it. */
function saidBy({ formId: _id, version: _version, createdAt: _at, ...said }: Form): Json {
  return said as unknown as Json
}

/**
 * A form that is whole: its parts fit each other, its schema compiles, and its example is valid.
 * @throws ValidationError naming each place and the rule
 */
export function readWhole(input: unknown, at: readonly PropertyKey[] = []): NewForm {
  const form = readForm(input, at)
  judgeOf(form)
  const { example } = form
  if (example === undefined) return form
  const inside = (issues: readonly Issue[]): Issue[] =>
    issues.map((issue) => ({ ...issue, path: pathOf([...at, 'example', issue.path]) }))
  const unfit = checkPayload(form, example.payload)
  const faults =
    unfit.length > 0 || example.result === undefined
      ? unfit
      : checkResult(form, example.payload, example.result)
  if (faults.length > 0) throw new ValidationError(inside(faults), 'The form refuses its own example')
  return form
}
