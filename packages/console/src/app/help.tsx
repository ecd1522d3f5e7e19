import type { VNode } from 'preact'
import { Dialog } from '../design/dialog.tsx'
import { BINDINGS, type Binding, type Deed, keyOf, PLACES_OF, type Place } from '../keys/bindings.ts'
import { deedsNow } from '../keys/page-keys.ts'
import { type PageName, route } from '../route/route.ts'
import { PLACES, pagesOfMe } from './pages.ts'

const TITLES: Readonly<Partial<Record<Place, string>>> = {
  anywhere: 'Anywhere',
  list: 'Lists',
  live: 'What happens',
  marking: 'Marking a text',
  ranking: 'Ranking',
}

/** The keys of this page, from the one table there is. */
export function Help({ onClose }: { readonly onClose: () => void }): VNode {
  const { page } = route.value
  const places: Place[] = [...(page === 'missing' ? [] : PLACES_OF[page]), 'anywhere']
  const mine = pagesOfMe()
  const keysAt = (place: Place): Binding[] =>
    (BINDINGS as readonly Binding[]).filter(
      ({ place: of, page: to, deed }) =>
        of === place &&
        (to === undefined || mine.includes(to)) &&
        (!deed.startsWith('select') || deedsNow.value.some(({ current }) => deed in current)),
    )
  return (
    <Dialog title="Keys" onClose={onClose}>
      {page === 'work' && (
        <p class="help-note">
          The keys beside the options answer the question that has the bar. If one of them is a letter of this
          page, the letter answers; with shift it does what it does elsewhere.
        </p>
      )}
      {places
        .filter((place) => keysAt(place).length > 0)
        .map((place) => (
          <section key={place}>
            <h3>{TITLES[place] ?? (place in PLACES ? PLACES[place as PageName].title : place)}</h3>
            <dl class="keys">
              {keysAt(place).map(({ deed, title }) => (
                <div key={deed}>
                  <dt>
                    <kbd>{keyOf(deed as Deed)}</kbd>
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
