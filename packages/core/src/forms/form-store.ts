import type { FormId } from '../ids.ts'
import type { NewestKey, Slice } from '../paging.ts'
import type { Form } from './form.ts'

/** Keeps forms; they never change. */
export interface FormStore {
  /** @throws ConflictError if its formId, or the version of its name, is taken */
  add(form: Form): Promise<void>
  find(formId: FormId): Promise<Form | undefined>
  /** The newest version of a name. */
  findLatest(name: string): Promise<Form | undefined>
  /** The same; nobody else adds a version of the name until this transaction has ended. */
  lockLatest(name: string): Promise<Form | undefined>
  /** Newest first. */
  list(where: { readonly name?: string | undefined }, slice: Slice<NewestKey>): Promise<Form[]>
}
