import { useComputed, useSignal, useSignalEffect } from '@preact/signals'
import type { VNode } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { Key } from '../design/button.tsx'
import { Dialog } from '../design/dialog.tsx'
import { Icon, type IconName } from '../design/icon.tsx'
import { Trouble } from '../design/trouble.tsx'
import { projectInSight, projects } from '../feed/projects.ts'
import { bindingOf, type Deed, keyOf } from '../keys/bindings.ts'
import { deedsNow } from '../keys/page-keys.ts'
import { go } from '../route/route.ts'
import { keepSetting } from './own-settings.ts'
import { PLACES, pagesOfMe } from './pages.ts'
import './palette.css'
import { DENSITIES, THEMES } from './look.ts'
import { type Find, useFinds } from './palette-finds.ts'
import { setDensity, setTheme } from './theme.ts'
import { WORDS } from './words.ts'

/** Something that the palette leads to or does. */
interface Choice {
  readonly id: string
  readonly group: string
  readonly title: string
  readonly icon: IconName
  readonly keyName?: string
  readonly act: () => unknown
}

const MOST_SHOWN = 50

interface PaletteProps {
  readonly onClose: () => void
  readonly onHelp: () => void
}

/** Everything that can be gone to or done from here, by its name. */
export function Palette({ onClose, onHelp }: PaletteProps): VNode {
  const words = useSignal('')
  /** The line that is chosen, by its id: lines that come later do not take its place. */
  const at = useSignal<string | undefined>(undefined)
  const field = useRef<HTMLInputElement>(null)
  const name = useId()
  const finds = useFinds(words)
  const found = useComputed(() => [
    ...matching(choices(onHelp), words.value).slice(0, MOST_SHOWN),
    ...finds.found.value.map(choiceOf),
  ])
  useLayoutEffect(() => field.current?.focus(), [])
  useSignalEffect(() => {
    at.value ??= found.value[0]?.id
  })
  const chosen = found.value.find(({ id }) => id === at.value)
  const take = (choice: Choice | undefined): void => {
    if (choice === undefined) return
    onClose()
    choice.act()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const { length } = found.value
    if (by !== undefined && length > 0) {
      const place = found.value.findIndex(({ id }) => id === at.value)
      at.value = found.value[(place + by + length) % length]?.id
    } else if (event.key === 'Enter' && !event.isComposing) take(chosen)
    else return
    event.preventDefault()
    document.getElementById(`${name}-${at.value}`)?.scrollIntoView({ block: 'nearest' })
  }
  return (
    <Dialog title={WORDS.palette} onClose={onClose}>
      <input
        ref={field}
        class="palette-field"
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls={name}
        aria-activedescendant={chosen && `${name}-${chosen.id}`}
        aria-label={WORDS.paletteField}
        placeholder={pagesOfMe().includes('tasks') ? WORDS.paletteHint : WORDS.paletteHintOfMost}
        autocomplete="off"
        spellcheck={false}
        value={words.value}
        onInput={({ currentTarget: { value } }) => {
          words.value = value
          at.value = undefined
        }}
        onKeyDown={onKeyDown}
      />
      {finds.problem.value !== undefined && <Trouble problem={finds.problem.value} isInline />}
      <div id={name} class="palette-list" role="listbox" aria-label={WORDS.palette}>
        {found.value.map((choice) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
          // biome-ignore lint/a11y/useFocusableInteractive: the field has the focus, and says which one is active
          <div
            key={choice.id}
            id={`${name}-${choice.id}`}
            class="palette-choice"
            role="option"
            aria-selected={choice === chosen}
            onClick={() => take(choice)}
          >
            <Icon name={choice.icon} />
            <span dir="auto">{choice.title}</span>
            <small>{choice.group}</small>
            {choice.keyName !== undefined && <Key name={choice.keyName} />}
          </div>
        ))}
      </div>
      <p role="status" class="quiet palette-said">
        {finds.isLooking.value ? WORDS.paletteLooking : found.value.length === 0 && WORDS.paletteNone}
      </p>
    </Dialog>
  )
}

function choices(onHelp: () => void): Choice[] {
  return [...deedChoices(), ...pageChoices(), ...projectChoices(), ...lookChoices(onHelp)]
}

const choiceOf = ({ to, ...find }: Find): Choice => ({ ...find, act: () => go(to) })

function deedChoices(): Choice[] {
  const seen = new Set<string>()
  return deedsNow.value.flatMap(({ current }) =>
    Object.entries(current).flatMap(([deed, act]) => {
      const { title, place } = bindingOf(deed as Deed) ?? {}
      // Keys that move in a list act on where one is: here one is in the palette.
      if (act === undefined || title === undefined || place === 'list' || seen.has(deed)) return []
      seen.add(deed)
      return [
        {
          id: `do-${deed}`,
          group: 'do',
          title,
          icon: 'check' as const,
          keyName: keyOf(deed as Deed),
          act: () => act(),
        },
      ]
    }),
  )
}

function pageChoices(): Choice[] {
  return pagesOfMe()
    .filter((page) => PLACES[page].at !== 'links')
    .map((page) => {
      const { title, icon, project } = PLACES[page]
      const to = { page, ...(project === 'one' && { project: projectInSight.peek() }) }
      return { id: `page-${page}`, group: 'page', title, icon, act: () => go(to) }
    })
}

function projectChoices(): Choice[] {
  if (!pagesOfMe().includes('project')) return []
  return (projects.value ?? []).map(({ projectId, name }) => ({
    id: `project-${projectId}`,
    group: 'project',
    title: name,
    icon: 'project',
    act: () => go({ page: 'project', project: projectId }),
  }))
}

function lookChoices(onHelp: () => void): Choice[] {
  return [
    ...THEMES.map(({ value, title }) => ({
      id: `theme-${value}`,
      group: 'colours',
      title,
      icon: 'theme' as const,
      act: () => {
        setTheme(value)
        keepSetting('theme', value)
      },
    })),
    ...DENSITIES.map(({ value, title }) => ({
      id: `density-${value}`,
      group: 'rows',
      title,
      icon: 'density' as const,
      act: () => {
        setDensity(value)
        keepSetting('density', value)
      },
    })),
    {
      id: 'help',
      group: 'do',
      title: bindingOf('help')?.title ?? '',
      icon: 'keys',
      keyName: keyOf('help'),
      act: onHelp,
    },
  ]
}

/** The choices whose words begin as what was typed, in any order; those whose title does come first. */
function matching(all: readonly Choice[], typed: string): Choice[] {
  const parts = wordsOf(typed)
  const place = ({ title }: Choice): number =>
    title.toLowerCase().startsWith(typed.trim().toLowerCase()) ? 0 : 1
  return all
    .filter(({ title, group }) => {
      const words = wordsOf(`${title} ${group}`)
      return parts.every((part) => words.some((word) => word.startsWith(part)))
    })
    .sort((one, other) => (typed === '' ? 0 : place(one) - place(other)))
}

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
