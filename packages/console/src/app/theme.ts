import { signal } from '@preact/signals'
import { DENSITIES, DENSITY, type Density, kept, look, THEME, THEMES, type Theme } from './look.ts'

/** The theme of this browser. */
export const theme = signal<Theme>(kept(THEME, THEMES) ?? 'system')
/** The density of this browser. */
export const density = signal<Density>(kept(DENSITY, DENSITIES) ?? 'compact')

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
  look(theme.value, density.value)
}
