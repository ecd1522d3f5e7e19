/** Refuses an option that there is not, so that a misspelt one is not passed over. @throws TypeError */
export function assertOptions(owner: string, given: object, names: readonly string[]): void {
  const unknown = Object.entries(given).find(([name, value]) => value !== undefined && !names.includes(name))
  if (unknown === undefined) return
  throw new TypeError(`${unknown[0]}: is no option of ${owner}, which has ${names.join(', ')}`)
}
