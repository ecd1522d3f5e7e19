/**
 * A number that a host gives as an option.
 * @throws TypeError for what is not whole or less than `least`, named as `option`
 */
export function wholeNumber(value: number, option: string, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value
  throw new TypeError(`${option} must be a whole number from ${least} up, not ${String(value)}`)
}
