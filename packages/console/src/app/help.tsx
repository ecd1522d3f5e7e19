import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Button } from '../design/button.tsx'
import { Dialog } from '../design/dialog.tsx'
import {
  BINDINGS,
  type Binding,
  bindingOf,
  type Deed,
  isSingle,
  keyOf,
  PLACES_OF,
  type Place,
} from '../keys/bindings.ts'
import { refusal } from '../keys/clashes.ts'
import { deedsNow } from '../keys/page-keys.ts'
import { ownKeys } from '../keys/single-keys.ts'
import { type PageName, route } from '../route/route.ts'
import './help.css'
import { KEY_WORDS } from './help-words.ts'
import { keepSetting } from './own-settings.ts'
import { PLACES, pagesOfMe } from './pages.ts'

const TITLES: Readonly<Partial<Record<Place, string>>> = {
  anywhere: 'Anywhere',
  list: 'Lists',
  live: 'What happens',
  marking: 'Marking a text',
  ranking: 'Ranking',
}

/** The keys of this page, from the one table there is; on demand all of them, to be changed. */
export function Help({ onClose }: { readonly onClose: () => void }): VNode {
  const isChanging = useSignal(false)
  const { page } = route.value
  const here: Place[] = [...(page === 'missing' ? [] : PLACES_OF[page]), 'anywhere']
  const places = isChanging.value ? allPlaces(here) : here
  const mine = pagesOfMe()
  const keysAt = (place: Place): Binding[] =>
    (BINDINGS as readonly Binding[]).filter(({ place: of, page: to, deed, keys }) => {
      if (of !== place) return false
      if (isChanging.value) return keys.some(isSingle)
      return (
        (to === undefined || mine.includes(to)) &&
        (!deed.startsWith('select') || deedsNow.value.some(({ current }) => deed in current))
      )
    })
  return (
    <Dialog title="Keys" onClose={onClose}>
      {page === 'work' && !isChanging.value && (
        <p class="help-note">
          The keys beside the options answer the question that has the bar. If one of them is a letter of this
          page, the letter answers; with shift it does what it does elsewhere.
        </p>
      )}
      {isChanging.value && <p class="help-note">{KEY_WORDS.note}</p>}
      {places
        .filter((place) => keysAt(place).length > 0)
        .map((place) => (
          <section key={place}>
            <h3>{TITLES[place] ?? (place in PLACES ? PLACES[place as PageName].title : place)}</h3>
            {isChanging.value ? (
              <ul class="own-keys">
                {keysAt(place).map((binding) => (
                  <OwnKey key={binding.deed} binding={binding} />
                ))}
              </ul>
            ) : (
              <dl class="keys">
                {keysAt(place).map(({ deed, title }) => (
                  <div key={deed}>
                    <dt>{keyOf(deed as Deed) === '' ? KEY_WORDS.off : <kbd>{keyOf(deed as Deed)}</kbd>}</dt>
                    <dd>{title}</dd>
                  </div>
                ))}
              </dl>
            )}
          </section>
        ))}
      <div class="deeds">
        <Button pressed={isChanging.value} onClick={() => (isChanging.value = !isChanging.peek())}>
          {KEY_WORDS.change}
        </Button>
        {isChanging.value && Object.keys(ownKeys.value).length > 0 && (
          <Button kind="quiet" onClick={() => keep({})}>
            {KEY_WORDS.reset}
          </Button>
        )}
      </div>
    </Dialog>
  )
}

/** Every place that has keys, those of this page first. */
function allPlaces(here: readonly Place[]): Place[] {
  return Array.from(new Set([...here, ...BINDINGS.map(({ place }) => place)]))
}

function keep(keys: Readonly<Record<string, unknown>>): void {
  ownKeys.value = keys
  keepSetting('keys', keys)
}

/** One deed with its key: another is pressed, or it is switched off. */
function OwnKey({ binding }: { readonly binding: Binding }): VNode {
  const deed = binding.deed as Deed
  const isAsking = useSignal(false)
  const why = useSignal<string | undefined>(undefined)
  const button = useRef<HTMLButtonElement>(null)
  const now = ownKeys.value[deed]
  const single = binding.keys.find(isSingle) ?? ''
  const shown = typeof now === 'string' ? now : single
  const others = binding.keys.filter((key) => !isSingle(key))
  useEffect(() => {
    if (isAsking.value) button.current?.focus()
  }, [isAsking.value])
  const choose = (key: string | undefined): void => {
    const { [deed]: _before, ...rest } = ownKeys.peek()
    keep(key === undefined || key === single ? rest : { ...rest, [deed]: key })
    why.value = undefined
    isAsking.value = false
  }
  const take = (event: KeyboardEvent): void => {
    if (!isAsking.peek() || event.key === 'Tab' || event.key === 'Shift') return
    event.preventDefault()
    event.stopPropagation()
    if (event.key === 'Escape') isAsking.value = false
    else {
      const key = event.key.toLowerCase()
      why.value = refusal(deed, key)
      if (why.value === undefined) choose(key)
    }
  }
  const title = bindingOf(deed)?.title ?? deed
  return (
    <li>
      <span>{title}</span>
      <span class="own-key-deeds">
        {others.length > 0 && <small>{KEY_WORDS.also}</small>}
        <button
          ref={button}
          type="button"
          class={`button plain${isAsking.value ? ' asking' : ''}`}
          aria-label={`${title}: ${isAsking.value ? KEY_WORDS.press : shown === '' ? KEY_WORDS.off : shown}`}
          onClick={() => (isAsking.value = !isAsking.peek())}
          onBlur={() => (isAsking.value = false)}
          onKeyDown={take}
        >
          {isAsking.value ? KEY_WORDS.press : shown === '' ? KEY_WORDS.off : <kbd>{shown}</kbd>}
        </button>
        <Button kind="quiet" disabled={shown === ''} onClick={() => choose('')}>
          {KEY_WORDS.off}
        </Button>
        <Button kind="quiet" disabled={now === undefined} onClick={() => choose(undefined)}>
          {KEY_WORDS.back}
        </Button>
      </span>
      {why.value !== undefined && <p role="alert">{why.value}</p>}
    </li>
  )
}
