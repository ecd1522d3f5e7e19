import { signal } from '@preact/signals'

/** Whether letters, digits and signs act by themselves; with `ctrl`, and keys with names, always do. */
export const areSingleKeysOn = signal(true)
