import type { ComponentChildren, VNode } from 'preact'
import { become, changed } from '../route/route.ts'
import { chosenFile } from './data.ts'

/** Takes a file that is dropped anywhere on what it holds. */
export function Drops({ children }: { readonly children: ComponentChildren }): VNode {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the field for the file does the same by keyboard
    <div
      class="drops"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault()
        const file = event.dataTransfer?.files[0]
        if (file === undefined) return
        chosenFile.value = file
        become(changed({ new: '1' }))
      }}
    >
      {children}
    </div>
  )
}
