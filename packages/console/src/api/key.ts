/** A key of a call, by which a repeat of it is the same call. `randomUUID` is not there on plain http but for this machine. */
export const freshKey = (): string => crypto.getRandomValues(new Uint32Array(4)).join('-')
