/** Refusals of arguments. Each names the argument, the rule and the value that was given. */

export function assertNumber(name: string, value: number): void {
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new RangeError(`${name} must be a finite number, and is ${String(value)}`)
}

export function assertAtLeast(name: string, value: number, least: number): void {
  if (typeof value !== 'number' || !(value >= least) || value === Number.POSITIVE_INFINITY)
    throw new RangeError(`${name} must be a number of at least ${least}, and is ${String(value)}`)
}

export function assertPositive(name: string, value: number): void {
  if (typeof value !== 'number' || !(value > 0) || value === Number.POSITIVE_INFINITY)
    throw new RangeError(`${name} must be a number above 0, and is ${String(value)}`)
}

/** A share in 0…1, its ends included. */
export function assertShare(name: string, value: number): void {
  if (typeof value !== 'number' || !(value >= 0 && value <= 1))
    throw new RangeError(`${name} must be between 0 and 1, and is ${String(value)}`)
}

/** A share above 0 and below 1. */
export function assertInside(name: string, value: number): void {
  if (typeof value !== 'number' || !(value > 0 && value < 1))
    throw new RangeError(`${name} must be above 0 and below 1, and is ${String(value)}`)
}

export function assertWhole(
  name: string,
  value: number,
  least = 0,
  most: number = Number.MAX_SAFE_INTEGER,
): void {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most) return
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`
  throw new RangeError(`${name} must be a whole number ${range}, and is ${String(value)}`)
}

export function assertOneOf<Option extends string>(
  name: string,
  value: Option,
  options: readonly Option[],
): void {
  if (!options.includes(value))
    throw new RangeError(`${name} must be one of ${options.join(', ')}, and is ${String(value)}`)
}

export function assertSameLength(name: string, length: number, of: string, expected: number): void {
  if (length !== expected)
    throw new RangeError(`${name} must have one value for each of ${expected} ${of}, and has ${length}`)
}

/** Refuses a name that no option has, so that a misspelt one is not passed over. */
export function assertOptions(options: object, names: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (!names.includes(name))
      throw new TypeError(`${name} is no option here: the options are ${names.join(', ')}`)
  }
}

/** The degrees of freedom of a t: above 0, and `Infinity` for the normal. */
export function assertDegrees(df: number): void {
  if (typeof df !== 'number' || !(df > 0)) throw new RangeError(`df must be above 0, and is ${String(df)}`)
}
