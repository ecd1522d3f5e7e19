import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { CallError, type Problem } from '../api/call.ts'
import { Button } from '../design/button.tsx'
import { Dialog } from '../design/dialog.tsx'
import { type Answers, ownQuestions } from '../forms/asked.ts'
import { isDrawnByHost, Renderer } from '../forms/renderer.tsx'
import { Shown } from '../forms/shown.tsx'
import { keyOf } from '../keys/bindings.ts'
import { deedOf, pressed } from '../keys/keymap.ts'
import { Judged } from './judged.tsx'
import type { PastItem, Shift } from './shift.ts'
import { WORDS } from './words.ts'

interface PastProps {
  readonly shift: Shift
  readonly onClose: () => void
}

/** The items that a person handed in last, read-only, the newest first. */
export function Past({ shift, onClose }: PastProps): VNode {
  const reads = useRef<readonly (() => Promise<PastItem>)[]>([])
  const [place, count] = [useSignal(0), useSignal<number | undefined>(undefined)]
  const item = useSignal<PastItem | undefined>(undefined)
  const problem = useSignal<Problem | undefined>(undefined)
  const go = async (to: number): Promise<void> => {
    if (to < 0) onClose()
    const read = reads.current[to]
    if (read === undefined) return
    place.value = to
    try {
      const found = await read()
      // Somebody who goes on fast sees the last one that they went to.
      if (place.peek() === to) item.value = found
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      problem.value = error.problem
    }
  }
  useLayoutEffect(() => {
    void shift.past().then(
      async (found) => {
        reads.current = found
        count.value = found.length
        await go(0)
      },
      (error: unknown) => {
        if (!(error instanceof CallError)) throw error
        problem.value = error.problem
      },
    )
    const onKey = (event: KeyboardEvent): void => {
      const deed = deedOf(pressed(event) ?? '', ['work'])
      if (deed === 'past') void go(place.peek() + 1)
      if (deed === 'pastBack') void go(place.peek() - 1)
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
  const shown = item.value
  return (
    <Dialog title={WORDS.past} onClose={onClose}>
      {problem.value !== undefined && <p role="alert">{problem.value.detail}</p>}
      {count.value === 0 && <p>{WORDS.pastNone}</p>}
      {shown !== undefined && <PastOne key={shown.work.assignment.assignmentId} item={shown} />}
      <div class="deeds">
        <Button
          keyName={keyOf('past')}
          disabled={place.value + 1 >= (count.value ?? 0)}
          onClick={() => void go(place.value + 1)}
        >
          {WORDS.pastOlder}
        </Button>
        <Button keyName={keyOf('pastBack')} onClick={() => void go(place.value - 1)}>
          {place.value === 0 ? 'Back to the item' : WORDS.pastNewer}
        </Button>
        {(count.value ?? 0) > 0 && (
          <span class="quiet">
            {place.value + 1} of {count.value}
          </span>
        )}
      </div>
    </Dialog>
  )
}

function PastOne({ item: { work, result, comment } }: { readonly item: PastItem }): VNode {
  const { assignmentId, stepType } = work.assignment
  const questions = work.form === null ? undefined : ownQuestions(work.form, stepType)
  return (
    <>
      {stepType !== 'review' && isDrawnByHost(work.form) ? (
        <Renderer
          name={work.form.name}
          title={work.form.title}
          show={work.show}
          answer={(result ?? {}) as Answers}
        />
      ) : (
        work.show.map((thing) => <Shown key={thing.name} thing={thing} spans={[]} />)
      )}
      <Judged
        title={WORDS.answers}
        questions={questions}
        shown={new Map(work.show.map((thing) => [thing.name, thing]))}
        submissions={[{ assignmentId, result, comment }]}
        contested={[]}
      />
    </>
  )
}
