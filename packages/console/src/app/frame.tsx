import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { close, me, sessionState } from '../api/session.ts'
import { settings } from '../api/settings.ts'
import { Button } from '../design/button.tsx'
import { Dialog } from '../design/dialog.tsx'
import { Icon, type IconName } from '../design/icon.tsx'
import { disconnect } from '../feed/follow.ts'
import { deedOf, isTyping, pressed } from '../keys/keymap.ts'
import { QueuePage } from '../my-queue/page.tsx'
import { go, hrefOf, type Route, route } from '../route/route.ts'
import { forgetAllDrafts } from '../work/drafts.ts'
import { WorkPage } from '../work/page.tsx'
import { ConnectionBar, ConnectionState } from './connection.tsx'
import './frame.css'
import { Help } from './help.tsx'
import { setTheme, type Theme, theme } from './theme.ts'

interface Place {
  readonly page: Route['page']
  readonly title: string
  readonly icon: IconName
}

const PLACES: readonly Place[] = [
  { page: 'work', title: 'Work', icon: 'work' },
  { page: 'queue', title: 'My queue', icon: 'queue' },
]

type Over = 'nothing' | 'help' | 'menu'

/** What stands around every page: the rail, the state of the connection, help. */
export function Frame(): VNode {
  const over = useSignal<Over>('nothing')
  useFrameKeys((next) => {
    over.value = next
  })
  const { page } = route.value
  useEffect(() => {
    document.title = `${PLACES.find((place) => place.page === page)?.title ?? ''} · ${settings.title}`
  }, [page])
  return (
    <div class="frame">
      <nav class="rail" aria-label="Pages">
        <a class="brand" href={hrefOf({ page: 'work' })}>
          <Brand />
          <span>{settings.title}</span>
        </a>
        <ul>
          {PLACES.map(({ page: to, title, icon }) => (
            <li key={to}>
              <a href={hrefOf({ page: to })} aria-current={page === to ? 'page' : undefined} title={title}>
                <Icon name={icon} />
                <span>{title}</span>
              </a>
            </li>
          ))}
          <li class="only-narrow">
            <button type="button" onClick={() => (over.value = 'menu')}>
              <Icon name="more" />
              <span>More</span>
            </button>
          </li>
        </ul>
        <div class="foot">
          <ConnectionState />
          <button type="button" class="who" onClick={() => (over.value = 'menu')}>
            <span class="avatar" aria-hidden="true">
              {initials(nameOf())}
            </span>
            <span class="who-name">
              <span>{nameOf()}</span>
              <small>{me.value?.role}</small>
            </span>
          </button>
        </div>
      </nav>
      <div class="page">
        <ConnectionBar />
        {page === 'work' ? <WorkPage /> : <QueuePage />}
      </div>
      {over.value === 'help' && <Help onClose={() => (over.value = 'nothing')} />}
      {over.value === 'menu' && (
        <Menu onClose={() => (over.value = 'nothing')} onHelp={() => (over.value = 'help')} />
      )}
      {sessionState.value.kind === 'ended' && <Ended />}
    </div>
  )
}

const nameOf = (): string => me.value?.displayName ?? me.value?.role ?? ''

function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== '')
  return words
    .slice(0, 2)
    .map((word) => Array.from(word)[0]?.toUpperCase() ?? '')
    .join('')
}

function Brand(): VNode {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
      <rect width="20" height="20" rx="5" fill="var(--ink)" />
      <path
        d="M5 14V6.5l5 5.5 5-5.5V14"
        fill="none"
        stroke="var(--on-ink)"
        stroke-width="2"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  )
}

const THEMES: readonly { readonly value: Theme; readonly title: string }[] = [
  { value: 'system', title: 'As the system' },
  { value: 'light', title: 'Light' },
  { value: 'dark', title: 'Dark' },
]

function Menu({ onClose, onHelp }: { readonly onClose: () => void; readonly onHelp: () => void }): VNode {
  return (
    <Dialog title={nameOf()} onClose={onClose}>
      <fieldset class="menu-group">
        <legend>Colours</legend>
        <div class="deeds">
          {THEMES.map(({ value, title }) => (
            <Button key={value} pressed={theme.value === value} onClick={() => setTheme(value)}>
              {title}
            </Button>
          ))}
        </div>
      </fieldset>
      <div class="deeds">
        <Button icon="keys" keyName="?" onClick={onHelp}>
          Keys and help
        </Button>
        {settings.loginUrl === null && (
          <Button icon="signOut" onClick={() => void signOut()}>
            Sign out
          </Button>
        )}
      </div>
    </Dialog>
  )
}

async function signOut(): Promise<void> {
  await disconnect()
  await close()
  forgetAllDrafts()
}

/** A session that could not be renewed: the page stays readable, and what was typed stays. */
function Ended(): VNode {
  return (
    <Dialog title="Your session has ended">
      <p>
        What you typed is kept in this browser. Sign in again
        {settings.loginUrl === null ? ' with a fresh link' : ''}, and go on here.
      </p>
      <div class="deeds">
        {settings.loginUrl === null ? (
          <Button kind="primary" onClick={() => location.reload()}>
            Try again
          </Button>
        ) : (
          <Button kind="primary" onClick={() => location.assign(settings.loginUrl ?? '')}>
            Sign in
          </Button>
        )}
      </div>
    </Dialog>
  )
}

/** How long the second key of a sequence may take. */
const SEQUENCE_MS = 1_500

function useFrameKeys(show: (over: Over) => void): void {
  const first = useRef<{ readonly key: string; readonly at: number }>(undefined)
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const key = pressed(event)
      if (key === undefined || isTyping(event.target) || document.querySelector('dialog[open]')) return
      const before = first.current
      first.current = undefined
      const isSecond = before !== undefined && event.timeStamp - before.at < SEQUENCE_MS
      const deed = deedOf(isSecond ? `${before.key} ${key}` : key, ['anywhere'])
      if (deed === 'goWork') go({ page: 'work' })
      else if (deed === 'goQueue') go({ page: 'queue' })
      else if (deed === 'help') show('help')
      else {
        if (key === 'g' && !event.defaultPrevented) first.current = { key, at: event.timeStamp }
        return
      }
      event.preventDefault()
      event.stopImmediatePropagation()
    }
    // Before the page's own keys: the second key of a sequence is not theirs.
    addEventListener('keydown', onKey, { capture: true })
    return () => removeEventListener('keydown', onKey, { capture: true })
  }, [])
}
