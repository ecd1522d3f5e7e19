/** Thrown by a handler to say how its attempt failed. */
export class JobFailedError extends Error {
  override readonly name: string = 'JobFailedError'
  readonly code: string
  readonly retryable: boolean | undefined
  readonly retryAfterSeconds: number | undefined
  readonly key: string | undefined

  /**
   * `code`: such as `http_503` or `not_now`; default `handler_failed`. `retryable`: default as the code says. `retryAfterSeconds` and `key`: how long the other side
   * asks to be left alone, and the key of the job's that cools meanwhile.
   */
  constructor(
    message: string,
    {
      code = 'handler_failed',
      retryable,
      retryAfterSeconds,
      key,
      ...options
    }: ErrorOptions & {
      readonly code?: string
      readonly retryable?: boolean
      readonly retryAfterSeconds?: number
      readonly key?: string
    } = {},
  ) {
    super(message, options)
    this.code = code
    this.retryable = retryable
    this.retryAfterSeconds = retryAfterSeconds
    this.key = key
  }
}
