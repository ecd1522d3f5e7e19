import { call } from '../api/call.ts'
import { areSingleKeysOn, ownKeys } from '../keys/single-keys.ts'
import { DENSITIES, THEMES } from './look.ts'
import { density, setDensity, setTheme, theme } from './theme.ts'

let known: Readonly<Record<string, unknown>> | undefined

/** Reads what is kept for this person, on whatever machine they chose it, and goes by it from now on. */
export async function readSettings(): Promise<void> {
  // Without an answer this browser's own choices hold.
  const answer = await call('GET /me/settings', {}).catch(() => undefined)
  if (answer === undefined) return
  known = answer.settings
  const chosen = <Value extends string>(
    name: string,
    choices: readonly { readonly value: Value }[],
  ): Value | undefined => choices.find(({ value }) => value === known?.[name])?.value
  setTheme(chosen('theme', THEMES) ?? theme.peek())
  setDensity(chosen('density', DENSITIES) ?? density.peek())
  areSingleKeysOn.value = known['singleKeys'] !== false
  ownKeys.value = Object(known['keys'])
}

/** Keeps a choice for this person, if theirs are known. */
export function keepSetting(
  name: 'theme' | 'density' | 'singleKeys' | 'keys',
  value: string | boolean | object,
): void {
  if (known === undefined) return
  known = { ...known, [name]: value }
  // A choice that is not kept elsewhere still holds here.
  void call('PUT /me/settings', { body: { settings: known } }, { keepalive: true }).catch(() => undefined)
}
