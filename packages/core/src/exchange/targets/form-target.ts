import { ValidationError } from '../../errors.ts'
import { keptForm, readWhole, saysTheSame } from '../../forms/form-use-cases.ts'
import type { FormId } from '../../ids.ts'
import type { ImportRow, KeptImport } from '../import.ts'
import type { ImportingDeps, ImportingStores } from '../importing-deps.ts'
import type { Judged, Written } from '../judged.ts'

/** Rows that are no whole forms, or that the latest form of their name says already. */
export async function checkForms(
  _deps: ImportingDeps,
  { forms }: ImportingStores,
  _held: KeptImport,
  rows: readonly ImportRow[],
): Promise<Judged[]> {
  const judged: Judged[] = []
  for (const { no, value } of rows) {
    try {
      const form = readWhole(value)
      const latest = await forms.lockLatest(form.name)
      if (latest !== undefined && saysTheSame(latest, form)) judged.push({ no, verdict: 'same' })
    } catch (refusal) {
      if (!(refusal instanceof ValidationError)) throw refusal
      const message = refusal.issues.map(({ path, message: why }) => `${path} ${why}`.trim()).join('; ')
      judged.push({ no, verdict: 'fault', finding: { level: 'error', code: 'payload_refused', message } })
    }
  }
  return judged
}

/** Makes forms of rows that were checked. The import names the last. */
export async function writeForms(
  { ids, clock }: ImportingDeps,
  { forms }: ImportingStores,
  _held: KeptImport,
  rows: readonly ImportRow[],
): Promise<Partial<Written>> {
  let [made, same] = [0, 0]
  let formId: FormId | undefined
  for (const { value } of rows) {
    const form = await keptForm(forms, readWhole(value), ids, clock.now())
    formId = form.formId
    if (form.created) made++
    else same++
  }
  return { made, same, created: { ...(formId !== undefined && { formId }) } }
}
