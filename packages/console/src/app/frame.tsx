import { type Signal, useSignal } from '@preact/signals'
import type { ComponentChildren, VNode } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { loginAddress } from '../api/round.ts'
import { me, sessionState } from '../api/session.ts'
import { settings } from '../api/settings.ts'
import { Button } from '../design/button.tsx'
import { Dialog } from '../design/dialog.tsx'
import { Icon } from '../design/icon.tsx'
import { initials } from '../design/initials.ts'
import { laterOver } from '../design/later.tsx'
import { connections, disconnect } from '../feed/follow.ts'
import { endHold, toggleHold } from '../feed/hold.ts'
import { findProjects, projectInSight, projects } from '../feed/projects.ts'
import { bindingOf, PLACES_OF, type Place } from '../keys/bindings.ts'
import { deedOf, isCovered, isTyping, pressed } from '../keys/keymap.ts'
import { become, changed, hrefOf, type PageName, type Route, route } from '../route/route.ts'
import { ConnectionBar, ConnectionState } from './connection.tsx'
import { knowAgain } from './know-again.ts'
import './frame.css'
import { readSettings } from './own-settings.ts'
import { load, nameOfMe, PLACES, pageOf, pagesOfMe, toPage } from './pages.ts'
import { ProjectChoice } from './project-choice.tsx'
import { WORDS } from './words.ts'

type Over = 'nothing' | 'help' | 'menu' | 'palette'

const Palette = laterOver(() => import('./palette.tsx').then((part) => part.Palette))
const Menu = laterOver(() => import('./frame-menu.tsx').then((part) => part.Menu))
const Help = laterOver(() => import('./help.tsx').then((part) => part.Help))

/** What stands around every page: the rail, the state of the connection, help, the palette. */
export function Frame(): VNode {
  const over = useSignal<Over>('nothing')
  const close = (): void => {
    over.value = 'nothing'
  }
  useFrameKeys(over)
  useEffect(() => {
    void findProjects()
    void readSettings()
    const stop = connections.subscribe((count) => {
      if (count > 1) void knowAgain()
    })
    return () => {
      stop()
      void disconnect()
    }
  }, [])
  const { page } = route.value
  return (
    <div class="frame">
      <nav class="rail" aria-label="Pages">
        <a class="brand" href={hrefOf({ page: 'work' })}>
          <Brand />
          <span>{settings.title}</span>
        </a>
        <ProjectChoice />
        <ul>
          {pagesOfMe()
            .filter((to) => PLACES[to].at !== 'links')
            .map((to) => (
              <li key={to} class={PLACES[to].at === 'bar' ? '' : 'not-in-bar'}>
                <PageLink to={to} />
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
              {initials(nameOfMe())}
            </span>
            <span class="who-name">
              <span>{nameOfMe()}</span>
              <small>{me.value?.role}</small>
            </span>
          </button>
        </div>
      </nav>
      <div class="page">
        <ConnectionBar />
        <ThePage page={page} />
      </div>
      {over.value === 'help' && <Help onClose={close} />}
      {over.value === 'palette' && <Palette onClose={close} onHelp={() => (over.value = 'help')} />}
      {over.value === 'menu' && <Menu onClose={close} onHelp={() => (over.value = 'help')} />}
      {sessionState.value.kind === 'ended' && <Ended />}
    </div>
  )
}

/** The page of the route: of a role that has none there, nothing more is said than of a page there is not. */
function ThePage({ page }: { readonly page: Route['page'] }): VNode | null {
  const place = page !== 'missing' && pagesOfMe().includes(page) ? page : undefined
  const isNamed = place === undefined || PLACES[place].project !== 'one' || route.value.project !== undefined
  const inSight = projectInSight.value
  useEffect(() => {
    document.title = `${place === undefined ? WORDS.nothingHere : PLACES[place].title} · ${settings.title}`
    if (place !== undefined) void load(place)
    endHold()
    // The keys of the page before were at something that is no longer there.
    if (document.activeElement === document.body) document.querySelector('main')?.focus()
  }, [place])
  useEffect(() => {
    if (!isNamed && inSight !== undefined) become(changed({ project: inSight }))
  }, [isNamed, inSight])
  if (place === undefined) return <Message title={WORDS.nothingHere}>{WORDS.nothingHereMore}</Message>
  if (!isNamed) {
    if (projects.value === undefined || inSight !== undefined) return <main aria-busy="true" tabIndex={-1} />
    return <Message title={WORDS.noProject}>{WORDS.noProjectMore}</Message>
  }
  const Loaded = pageOf(place)
  if (Loaded === undefined) return <main aria-busy="true" tabIndex={-1} />
  if (Loaded !== 'failed') return <Loaded />
  return (
    <Message title={WORDS.notLoaded}>
      <p>{WORDS.notLoadedMore}</p>
      <div class="deeds">
        <Button kind="primary" onClick={() => location.reload()}>
          {WORDS.again}
        </Button>
      </div>
    </Message>
  )
}

interface MessageProps {
  readonly title: string
  readonly children: ComponentChildren
}

function Message({ title, children }: MessageProps): VNode {
  return (
    <main class="message" tabIndex={-1}>
      <h1>{title}</h1>
      {typeof children === 'string' ? <p>{children}</p> : children}
    </main>
  )
}

function PageLink({ to }: { readonly to: PageName }): VNode {
  const { title, icon } = PLACES[to]
  const here = route.value.page
  const isHere = here === to || (here === 'run' && to === 'runs') || (here === 'task' && to === 'tasks')
  return (
    <a href={toPage(to)} aria-current={isHere ? 'page' : undefined} title={title}>
      <Icon name={icon} />
      <span>{title}</span>
    </a>
  )
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

/** A session that could not be renewed: the page stays readable, and what was typed stays. */
function Ended(): VNode {
  const login = loginAddress()
  return (
    <Dialog title="Your session has ended">
      <p>
        What you typed is kept in this browser. Sign in again
        {login === null ? ' with a fresh link' : ''}, and go on here.
      </p>
      <div class="deeds">
        <Button kind="primary" onClick={() => (login === null ? location.reload() : location.assign(login))}>
          {login === null ? 'Try again' : 'Sign in'}
        </Button>
      </div>
    </Dialog>
  )
}

function placesHere(): readonly Place[] {
  const { page } = route.peek()
  return page === 'missing' || !PLACES_OF[page].includes('live') ? [] : ['live']
}

/** How long the second key of a sequence may take. */
const SEQUENCE_MS = 1_500

function useFrameKeys(over: Signal<Over>): void {
  const first = useRef<{ readonly key: string; readonly at: number }>(undefined)
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const key = pressed(event)
      if (key === undefined || over.peek() !== 'nothing' || isCovered()) return
      const isText = isTyping(event.target)
      if (isText && !key.startsWith('ctrl+')) return
      const before = first.current
      first.current = undefined
      const isSecond = before !== undefined && event.timeStamp - before.at < SEQUENCE_MS
      const deed = deedOf(isSecond ? `${before.key} ${key}` : key, ['anywhere'])
      const to = bindingOf(deed)?.page
      if (to !== undefined) {
        if (!pagesOfMe().includes(to)) return
        location.hash = toPage(to)
      } else if (deed === 'help' || deed === 'palette') over.value = deed
      else if (!isText && deedOf(key, placesHere()) === 'hold') toggleHold()
      else if (deed === 'search') {
        const field = document.querySelector<HTMLElement>('main [data-search]')
        if (field === null) return
        field.focus()
      } else {
        if (key === 'g' && !isText && !event.defaultPrevented) first.current = { key, at: event.timeStamp }
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
