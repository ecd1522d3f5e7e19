import { vi } from 'vitest'

// Set up for each file of every project: vitest has no setting for it.

/** A busy machine takes seconds for what an idle one does at once; nobody waits longer for what comes sooner. */
const PATIENCE_MS = 60_000

const IS_PATIENT = Symbol.for('muster-tests-are-patient')

type WaitFor = typeof vi.waitFor & { [IS_PATIENT]?: true }

const { waitFor }: { waitFor: WaitFor } = vi
// Files of one worker share it.
if (!waitFor[IS_PATIENT]) {
  const patient: WaitFor = (callback, options = {}) =>
    waitFor(callback, typeof options === 'number' ? options : { timeout: PATIENCE_MS, ...options })
  patient[IS_PATIENT] = true
  vi.waitFor = patient
}
