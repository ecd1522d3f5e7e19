import type { FormId } from '@muster/core'
import { ConflictError } from '@muster/core'
import type { Form } from '@muster/core/forms'
import type { FormStore, NewestKey, Slice } from '@muster/core/ports'
import { sliceNewest } from '../jobs/order.ts'
import { ALL } from '../tables/people-tables.ts'
import type { MemoryContext } from '../tables/tables.ts'
import type { TaskTables } from './task-tables.ts'

/** Forms in memory. */
export class MemoryFormStore implements FormStore {
  readonly #tables: TaskTables

  constructor({ tables }: MemoryContext) {
    this.#tables = tables.tasks
  }

  async add(form: Form): Promise<void> {
    const { formId, name, version } = form
    const taken = this.#tables.formsByName.in(name).some((other) => other.version === version)
    if (taken || this.#tables.forms.has(formId))
      throw new ConflictError(`There already is a form ${name} ${version}`, { formId, name, version })
    this.#tables.forms.set(formId, form)
  }

  async find(formId: FormId): Promise<Form | undefined> {
    return this.#tables.forms.get(formId)
  }

  async findLatest(name: string): Promise<Form | undefined> {
    return this.#tables.formsByName.in(name).at(-1)
  }

  async lockLatest(name: string): Promise<Form | undefined> {
    // Transactions come one after another here.
    return this.findLatest(name)
  }

  async list({ name }: { readonly name?: string | undefined }, slice: Slice<NewestKey>): Promise<Form[]> {
    return sliceNewest(
      this.#tables.formsByAge,
      ALL,
      ({ formId }) => formId,
      slice,
      (form) => name === undefined || form.name === name,
    )
  }
}
