import type { VNode } from 'preact'
import { Button } from './button.tsx'

interface StrangersProps {
  /** Names in the address that are no filters of the page. */
  readonly names: readonly string[]
  readonly onClear: () => void
}

/** Says which filters of an address there are not, so that nobody takes what is shown for what they asked for. */
export function Strangers({ names, onClear }: StrangersProps): VNode | null {
  if (names.length === 0) return null
  return (
    <div class="trouble inline" role="alert">
      <p>
        The address asks for what is no filter here: <code>{names.join(', ')}</code>. What is shown does not
        go by it.
      </p>
      <div class="deeds">
        <Button onClick={onClear}>Take it away</Button>
      </div>
    </div>
  )
}
