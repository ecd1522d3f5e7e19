const BASE = /^(\/[\w~!$&'()*+,;=:@-][\w.~!$&'()*+,;=:@-]*)*$/

/**
 * What everything that a transport serves lies below: empty, or such as `/muster`. One slash at the end is left out.
 * @throws TypeError for what is no absolute path, named as `option`
 */
export function basePath(value: string | undefined, option = 'base'): string {
  const path = (value ?? '').replace(/\/$/, '')
  if (BASE.test(path)) return path
  throw new TypeError(`${option} must be a path that begins with a slash, such as /muster`)
}
