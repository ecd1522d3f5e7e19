import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { close, me } from '../api/session.ts'
import { settings } from '../api/settings.ts'
import { Button } from '../design/button.tsx'
import { Dialog } from '../design/dialog.tsx'
import { Icon } from '../design/icon.tsx'
import { keyOf } from '../keys/bindings.ts'
import { areSingleKeysOn } from '../keys/single-keys.ts'
import { DENSITIES, THEMES } from './look.ts'
import { keepSetting } from './own-settings.ts'
import { nameOfMe, PLACES, pagesOfMe, toPage } from './pages.ts'
import { ProjectChoice } from './project-choice.tsx'
import { density, setDensity, setTheme, theme } from './theme.ts'

const WORDS = {
  on: 'On',
  off: 'Off',
  signOut: 'Sign out',
  notSent: (count: number) =>
    count === 1 ? 'One result is not sent yet.' : `${count} results are not sent yet.`,
  giveUp: (count: number) => (count === 1 ? 'Give it up and sign out' : `Give up ${count} and sign out`),
} as const

interface MenuProps {
  readonly onClose: () => void
  readonly onHelp: () => void
}

/** The pages, and what a person chooses for themselves. */
export function Menu({ onClose, onHelp }: MenuProps): VNode {
  const asks = useSignal(false)
  const signOut = (): void => {
    if (unsent() > 0) asks.value = true
    else void close()
  }
  return (
    <Dialog title={nameOfMe()} onClose={onClose}>
      <ul class="menu-pages">
        {pagesOfMe()
          .filter((to) => PLACES[to].at !== 'links')
          .map((to) => (
            <li key={to}>
              <a href={toPage(to)} class="button quiet" onClick={onClose}>
                <Icon name={PLACES[to].icon} />
                <span>{PLACES[to].title}</span>
              </a>
            </li>
          ))}
      </ul>
      <ProjectChoice />
      <fieldset class="menu-group">
        <legend>Colours</legend>
        <div class="deeds">
          {THEMES.map(({ value, title }) => (
            <Button
              key={value}
              pressed={theme.value === value}
              onClick={() => choose(() => setTheme(value), 'theme', value)}
            >
              {title}
            </Button>
          ))}
        </div>
      </fieldset>
      <fieldset class="menu-group">
        <legend>Rows</legend>
        <div class="deeds">
          {DENSITIES.map(({ value, title }) => (
            <Button
              key={value}
              pressed={density.value === value}
              onClick={() => choose(() => setDensity(value), 'density', value)}
            >
              {title}
            </Button>
          ))}
        </div>
      </fieldset>
      <fieldset class="menu-group">
        <legend>Single keys</legend>
        <div class="deeds">
          {[true, false].map((isOn) => (
            <Button
              key={String(isOn)}
              pressed={areSingleKeysOn.value === isOn}
              onClick={() => choose(() => (areSingleKeysOn.value = isOn), 'singleKeys', isOn)}
            >
              {isOn ? WORDS.on : WORDS.off}
            </Button>
          ))}
        </div>
      </fieldset>
      <div class="deeds">
        <Button icon="keys" keyName={keyOf('help')} onClick={onHelp}>
          Keys and help
        </Button>
        {settings.loginUrl === null && (
          <Button icon="signOut" onClick={signOut}>
            {WORDS.signOut}
          </Button>
        )}
      </div>
      {asks.value && (
        <div role="alert">
          <p>{WORDS.notSent(unsent())}</p>
          <Button kind="danger" onClick={() => void close()}>
            {WORDS.giveUp(unsent())}
          </Button>
        </div>
      )}
    </Dialog>
  )
}

function choose(act: () => unknown, name: Parameters<typeof keepSetting>[0], value: string | boolean): void {
  act()
  keepSetting(name, value)
}

/** How many results of this person the server does not have yet. */
function unsent(): number {
  try {
    return JSON.parse(localStorage.getItem(`muster:outbox:${me.peek()?.userId}`) ?? '[]').length
  } catch {
    return 0
  }
}
