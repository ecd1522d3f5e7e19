import { signal } from '@preact/signals'

/** Whether letters, digits and signs act by themselves; with `ctrl`, and keys with names, always do. */
export const areSingleKeysOn = signal(true)

/** The single keys that this person chose, by the deed; '' switches that of a deed off. */
export const ownKeys = signal<Readonly<Record<string, unknown>>>({})
