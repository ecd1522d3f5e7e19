import { signal } from '@preact/signals'

/** How the page is coloured; `system` as the browser says. */
export type Theme = 'system' | 'light' | 'dark'

const NAME = 'muster:theme'

/** The theme of this browser. */
export const theme = signal<Theme>(kept())

/** Colours the page. */
export function applyTheme(): void {
  const root = document.documentElement
  if (theme.value === 'system') delete root.dataset['theme']
  else root.dataset['theme'] = theme.value
}

/** Changes the theme, and keeps it in this browser. */
export function setTheme(next: Theme): void {
  theme.value = next
  try {
    localStorage.setItem(NAME, next)
  } catch {
    // It is kept for as long as the page is open.
  }
  applyTheme()
}

function kept(): Theme {
  try {
    const text = localStorage.getItem(NAME)
    return text === 'light' || text === 'dark' ? text : 'system'
  } catch {
    return 'system'
  }
}
