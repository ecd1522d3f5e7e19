import { useSignal } from '@preact/signals'
import type { ComponentChildren, VNode } from 'preact'
import { CallError, type Problem } from '../api/call.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { Trouble } from './trouble.tsx'

interface ConfirmProps {
  readonly title: string
  /** What it changes and what stays, or what is asked for. */
  readonly children: ComponentChildren
  /** The deed with its number, such as `Cancel 1 204 jobs`. */
  readonly deed: string
  readonly isDanger?: boolean
  /** It cannot be done as things are. */
  readonly isOff?: boolean
  /** Does it; a refusal is shown beside the button and the dialog stays. */
  readonly act: () => Promise<unknown>
  readonly onClose: () => void
}

/** Asks before what cannot be undone, or for what a deed needs; closes once it is done. */
export function Confirm({ title, children, deed, isDanger, isOff, act, onClose }: ConfirmProps): VNode {
  const problem = useSignal<Problem | undefined>(undefined)
  const isBusy = useSignal(false)
  const doIt = async (): Promise<void> => {
    isBusy.value = true
    problem.value = undefined
    try {
      await act()
      onClose()
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      problem.value = error.problem
    } finally {
      isBusy.value = false
    }
  }
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      {problem.value !== undefined && <Trouble problem={problem.value} isInline />}
      <div class="deeds">
        <Button
          kind={isDanger ? 'danger' : 'primary'}
          disabled={isBusy.value || isOff === true}
          onClick={() => void doIt()}
        >
          {deed}
        </Button>
        <Button kind="quiet" onClick={onClose}>
          Not now
        </Button>
      </div>
    </Dialog>
  )
}
