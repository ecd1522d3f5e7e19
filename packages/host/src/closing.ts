import { ClosedError } from '@muster/core'

/**
 * `group`, whose methods refuse once `isClosed` says so: those that promise reject, and the `streams`, which give one thing after the other, throw
 * at the next. Members that are no methods are given as they are.
 * @throws ClosedError
 */
export function untilClosed<Group extends object>(
  group: Group,
  isClosed: () => boolean,
  streams: readonly (keyof Group & string)[] = [],
): Group {
  return new Proxy(group, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property, target)
      if (typeof member !== 'function') return member
      if (streams.some((stream) => stream === property)) {
        return (...given: unknown[]) =>
          checked(() => member.apply(target, given) as AsyncIterable<unknown>, isClosed)
      }
      return (...given: unknown[]): unknown =>
        isClosed() ? Promise.reject(new ClosedError()) : (member.apply(target, given) as unknown)
    },
  })
}

async function* checked<Item>(
  begin: () => AsyncIterable<Item>,
  isClosed: () => boolean,
): AsyncGenerator<Item> {
  if (isClosed()) throw new ClosedError()
  for await (const item of begin()) {
    yield item
    if (isClosed()) throw new ClosedError()
  }
}
