import type { VNode } from 'preact'
import { Dialog } from '../design/dialog.tsx'
import { BINDINGS, type Binding, keyOf, type Place } from '../keys/bindings.ts'
import { route } from '../route/route.ts'

const TITLES: Readonly<Record<Place, string>> = {
  anywhere: 'Anywhere',
  work: 'Work',
  marking: 'Marking a text',
  ranking: 'Ranking',
}

/** The keys of this page, from the one table there is. */
export function Help({ onClose }: { readonly onClose: () => void }): VNode {
  const places: Place[] =
    route.value.page === 'work' ? ['work', 'marking', 'ranking', 'anywhere'] : ['anywhere']
  return (
    <Dialog title="Keys" onClose={onClose}>
      {route.value.page === 'work' && (
        <p class="help-note">
          The keys beside the options answer the question that has the bar. If one of them is a letter of this
          page, the letter answers; with shift it does what it does elsewhere.
        </p>
      )}
      {places.map((place) => (
        <section key={place}>
          <h3>{TITLES[place]}</h3>
          <dl class="keys">
            {(BINDINGS as readonly Binding[])
              .filter((binding) => binding.place === place)
              .map(({ deed, title }) => (
                <div key={deed}>
                  <dt>
                    <kbd>{keyOf(deed as Parameters<typeof keyOf>[0])}</kbd>
                  </dt>
                  <dd>{title}</dd>
                </div>
              ))}
          </dl>
        </section>
      ))}
    </Dialog>
  )
}
