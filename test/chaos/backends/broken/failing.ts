/** Lets `met` see, and change, what statements of this kind of client fail with. */
export function failing(
  prototype: { query: (...args: never[]) => unknown },
  met: (error: Error & { code?: string }) => void,
): void {
  const { query } = prototype
  prototype.query = function (this: unknown, ...args: never[]) {
    const answer = query.apply(this, args)
    return answer instanceof Promise
      ? answer.catch((error: Error & { code?: string }) => {
          met(error)
          throw error
        })
      : answer
  }
}
