/** Names under which a browser keeps how the page looks. */
export const THEME = 'muster:theme'
export const DENSITY = 'muster:density'

/** What this browser keeps under a name, if it is one of these. */
export function kept<Value extends string>(
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

/** Colours the page. */
export function look(theme: Theme, density: Density): void {
  const root = document.documentElement
  if (theme === 'system') delete root.dataset['theme']
  else root.dataset['theme'] = theme
  root.dataset['density'] = density
}
