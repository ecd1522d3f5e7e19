import type { Form } from './forms/form.ts'
import type { FormStore } from './forms/form-store.ts'
import type { FormId } from './ids.ts'
import type { Persistence, Stores } from './stores.ts'

/** Forms kept in mind at most; of more, those that were asked for last. */
const MOST_FORMS = 500

/**
 * `persistence`, which reads each form once: forms never change. Those that a transaction has read are remembered once it has committed, since it may
 * have added them itself. What is given out is frozen.
 */
export function rememberingForms(persistence: Persistence): Persistence {
  const known = new KnownForms()
  const remembering = (stores: Stores, learnt: (form: Form) => void): Stores => {
    return { ...stores, forms: new RememberingFormStore(stores.forms, known, learnt) }
  }
  return {
    stores: remembering(persistence.stores, (form) => known.remember(form)),
    async transaction(work) {
      const learnt: Form[] = []
      const result = await persistence.transaction((stores) => {
        learnt.length = 0
        return work(remembering(stores, (form) => learnt.push(form)))
      })
      for (const form of learnt) known.remember(form)
      return result
    },
    snapshot: <T>(work: (stores: Stores) => Promise<T>) => persistence.snapshot(work),
    check: () => persistence.check(),
    ...(persistence.time && { time: persistence.time }),
    close: () => persistence.close(),
  }
}

/** The forms that were asked for last, by their ids. */
class KnownForms {
  readonly #forms = new Map<FormId, Form>()

  find(formId: FormId): Form | undefined {
    const form = this.#forms.get(formId)
    if (form) this.#keep(form)
    return form
  }

  remember(form: Form): void {
    this.#keep(form)
    const [oldest] = this.#forms.keys()
    if (this.#forms.size > MOST_FORMS && oldest !== undefined) this.#forms.delete(oldest)
  }

  #keep(form: Form): void {
    this.#forms.delete(form.formId)
    this.#forms.set(form.formId, form)
  }
}

class RememberingFormStore implements FormStore {
  readonly #forms: FormStore
  readonly #known: KnownForms
  readonly #learnt: (form: Form) => void

  constructor(forms: FormStore, known: KnownForms, learnt: (form: Form) => void) {
    this.#forms = forms
    this.#known = known
    this.#learnt = learnt
  }

  async find(formId: FormId): Promise<Form | undefined> {
    const known = this.#known.find(formId)
    if (known) return known
    const form = await this.#forms.find(formId)
    if (form === undefined) return undefined
    const frozen = structuredClone(form)
    freeze(frozen)
    this.#learnt(frozen)
    return frozen
  }

  add(form: Form): Promise<void> {
    return this.#forms.add(form)
  }

  findLatest(name: string): Promise<Form | undefined> {
    return this.#forms.findLatest(name)
  }

  lockLatest(name: string): Promise<Form | undefined> {
    return this.#forms.lockLatest(name)
  }

  list(...asked: Parameters<FormStore['list']>): ReturnType<FormStore['list']> {
    return this.#forms.list(...asked)
  }
}

/** Freezes a value with all that is in it. */
function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const part of Object.values(value)) freeze(part)
  Object.freeze(value)
}
