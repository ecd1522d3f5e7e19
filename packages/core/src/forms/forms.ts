import type { FormId, TaskId } from '../ids.ts'
import type { Issue, Json } from '../json/json.ts'
import type { Page, PageRequest } from '../paging.ts'
import type { JsonSchema, ResultKind } from './answer-schema.ts'
import type { Form, NewForm } from './form.ts'

/** The findings of a check of a form, which keeps nothing. */
export interface FormCheck {
  readonly ok: boolean
  /** Paths begin with `form`, `payload`, `result`, `tasks[0]` or `results[0]`. */
  readonly errors: readonly Issue[]
  /** Of results; null if the form is not valid. */
  readonly schema: JsonSchema | null
}

/** The part of a new task that a form says something of. */
export interface TaskToCheck {
  readonly payload: Json
  readonly gold?: Json | undefined
}

/** Somebody's answers to one of the tasks that are checked. */
export interface ResultToCheck {
  /** The place of its task, from 0. */
  readonly task: number
  readonly result: Json
}

/** Forms never change: a change is a new version of the same name. */
export interface FormUseCases {
  /**
   * The next version of its name; the latest version, if that says the same, and `created` is false then.
   * @throws ValidationError naming each place and the rule, also for an example that the form refuses
   */
  add(input: NewForm): Promise<Form & { readonly created: boolean }>
  /** @throws NotFoundError */
  get(formId: FormId): Promise<Form>
  /** Newest first, of all names or one. */
  list(request: PageRequest & { readonly name?: string | undefined }): Promise<Page<Form>>
  /**
   * The JSON Schema of results, or of reviews by this form, with the sides filled in of a task, or of the payload that is given in its place.
   * @throws NotFoundError
   */
  schema(
    formId: FormId,
    of?: ResultKind & {
      readonly taskId?: TaskId | undefined
      readonly payload?: Json | undefined
    },
  ): Promise<JsonSchema>
  /**
   * The refusal that `add` would give, and the faults of a payload and a result of the form; of `tasks` those for which a workflow that asks by the form would
   * not take them, and of `results` those for which it would not take them as answers to these tasks. Keeps nothing.
   */
  check(given: {
    readonly form: unknown
    readonly payload?: Json | undefined
    readonly result?: Json | undefined
    readonly tasks?: readonly TaskToCheck[] | undefined
    readonly results?: readonly ResultToCheck[] | undefined
  }): Promise<FormCheck>
}
