import { signal } from '@preact/signals'

/** How the page is coloured; `system` as the browser says. */
export type Theme = 'system' | 'light' | 'dark'

/** How high rows are: as many as there is room for, or with more room about each. */
export type Density = 'compact' | 'comfortable'

/** The themes, as they are offered. */
export const THEMES: readonly { readonly value: Theme; readonly title: string }[] = [
  { value: 'system', title: 'As the system' },
  { value: 'light', title: 'Light' },
  { value: 'dark', title: 'Dark' },
]
/** The densities, as they are offered. */
export const DENSITIES: readonly { readonly value: Density; readonly title: string }[] = [
  { value: 'compact', title: 'Compact' },
  { value: 'comfortable', title: 'Comfortable' },
]

const THEME = 'muster:theme'
const DENSITY = 'muster:density'

/** The theme of this browser. */
export const theme = signal<Theme>(kept(THEME, THEMES) ?? 'system')
/** The density of this browser. */
export const density = signal<Density>(kept(DENSITY, DENSITIES) ?? 'compact')

/** Colours the page. */
export function applyTheme(): void {
  const root = document.documentElement
  if (theme.value === 'system') delete root.dataset['theme']
  else root.dataset['theme'] = theme.value
  root.dataset['density'] = density.value
}

/** Changes the theme, and keeps it in this browser. */
export function setTheme(next: Theme): void {
  theme.value = next
  keep(THEME, next)
}

/** Changes the density, and keeps it in this browser. */
export function setDensity(next: Density): void {
  density.value = next
  keep(DENSITY, next)
}

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(name, value)
  } catch {
    // It is kept for as long as the page is open.
  }
  applyTheme()
}

function kept<Value extends string>(
  name: string,
  choices: readonly { readonly value: Value }[],
): Value | undefined {
  try {
    const text = localStorage.getItem(name)
    return choices.find(({ value }) => value === text)?.value
  } catch {
    return undefined
  }
}
