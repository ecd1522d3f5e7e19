import type { ShownThing } from '@muster/core/forms'
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { Button } from '../design/button.tsx'
import { JsonView } from '../design/json-view.tsx'
import { Shown } from './shown.tsx'

interface ItemProps {
  readonly payload: unknown
  /** As its form shows it; empty or missing without a form. */
  readonly show: readonly unknown[] | undefined
}

/** An item as those saw it who answered, or without a form as JSON; its JSON too on demand. */
export function ItemShown({ payload, show = [] }: ItemProps): VNode {
  const isWhole = useSignal(false)
  if (show.length === 0) return <JsonView value={payload} />
  return (
    <div class="item-shown">
      {isWhole.value ? (
        <JsonView value={payload} />
      ) : (
        (show as readonly ShownThing[]).map((thing) => <Shown key={thing.name} thing={thing} />)
      )}
      <div class="deeds">
        <Button kind="quiet" pressed={isWhole.value} onClick={() => (isWhole.value = !isWhole.peek())}>
          As JSON
        </Button>
      </div>
    </div>
  )
}
