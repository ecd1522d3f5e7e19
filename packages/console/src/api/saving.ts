import { type ReadonlySignal, useSignal } from '@preact/signals'
import { CallError, type Problem } from './call.ts'
import { download } from './download.ts'

/** Saves what a path streams as a file of that name; signs that no file may have in its name are left out. */
export function useSaving(
  path: string,
  name: string,
): { readonly save: () => Promise<void>; readonly problem: ReadonlySignal<Problem | undefined> } {
  const problem = useSignal<Problem | undefined>(undefined)
  const save = async (): Promise<void> => {
    try {
      problem.value = undefined
      await download(path, undefined, name.replaceAll(/[^\w.-]+/g, '_'))
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      problem.value = error.problem
    }
  }
  return { save, problem }
}
