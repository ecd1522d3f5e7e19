const BASE = /^(\/[\w~!$&'()*+,;=:@-][\w.~!$&'()*+,;=:@-]*)*$/

/**
 * The path below which a transport serves everything: empty, or such as `/muster`. One slash at the end is left out.
 * @throws TypeError for what is no absolute path, named as `option`
 */
export function basePath(value: string | undefined, option = 'base'): string {
  const path = (value ?? '').replace(/\/$/, '')
  if (BASE.test(path)) return path
  throw new TypeError(`${option} must be a path that begins with a slash, such as /muster`)
}
