import type { VNode } from 'preact'
import { type Deed, keyOf } from '../keys/bindings.ts'
import { become, changed } from '../route/route.ts'
import { Button } from './button.tsx'

interface NewButtonProps {
  readonly words: string
  readonly deed: Deed
  readonly kind?: 'primary' | 'plain'
}

/** Leads to the form of a new one of what a page lists. */
export function NewButton({ words, deed, kind = 'plain' }: NewButtonProps): VNode {
  return (
    <Button icon="add" kind={kind} keyName={keyOf(deed)} onClick={() => become(changed({ new: '1' }))}>
      {words}
    </Button>
  )
}
