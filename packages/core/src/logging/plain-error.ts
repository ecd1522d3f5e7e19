import type { Logger } from '../environment.ts'

/** Fields that tell what failed, never what it was called with. */
const FIELDS = ['code', 'errno', 'syscall', 'address', 'port', 'status', 'statusCode', 'backend'] as const

/** Causes of causes, and members of an aggregate, that are kept. */
const MOST_DEEP = 5
const MOST_MEMBERS = 5
/** Longer texts are no name of anything, and no message that anybody reads. */
const MOST_TEXT = 200
const MOST_MESSAGE = 10_000

const HIDDEN = '[removed]'

/** Values that open doors, by how they look; `$1` is kept. */
const SECRETS: readonly RegExp[] = [
  /\b((?!file:)[a-z][a-z\d+.-]{0,20}:\/\/)[^\s"'<>]{0,500}(?=@)/gi,
  /\b((?:Bearer|Basic)\s+)[\w.~+/=-]{16,}/gi,
  /((?:\b|_)(?:pass(?:word|wd|phrase)?|pwd|secret|token|key|signature|sig|authorization|credentials?)["']?\s*=\s*["']?)[^\s"'&,;)]+/gi,
  /(\b(?:x-)?(?:api[-_]?key|auth[-_]?token|access[-_]?token|authorization|(?:set-)?cookie)["']?\s*:\s*["']?(?:(?:Bearer|Basic)\s+)?)[^\s"',;)]+/gi,
  /("[\w-]*(?:password|secret|token|key|authorization|cookie)[\w-]*"\s*:\s*")[^"]*/gi,
  /()\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g,
  /()\b(?:sk|pk|rk|ghp|gho|ghs|glpat|xox[abprs]|hf|gsk)[-_][\w-]{12,}/g,
  /()\b(?:AKIA|AIza)[\w-]{12,}/g,
]

const made = new WeakSet<Error>()

/** The members of an error that are kept beside its name, message, stack, code and the like. */
export interface PlainErrorOptions {
  /** Further fields that may be kept: names of things, never values of people. */
  readonly fields?: readonly string[]
  /** The message to give it instead of its own. */
  readonly message?: string
}

/** The beginning of `text`, 10 000 characters at most, without what looks like a password, a token or a key. */
export function withoutSecrets(text: string): string {
  let clean = text.slice(0, MOST_MESSAGE)
  for (const secret of SECRETS) clean = clean.replaceAll(secret, `$1${HIDDEN}`)
  return clean
}

/**
 * An error that any logger may write whole: name, message, stack, code and other fields that name what failed. All else that `thrown` carries
 * (commands, parameters, requests with their headers) is left behind; causes and members of an aggregate are treated alike.
 */
export function plainError(thrown: unknown, options: PlainErrorOptions = {}): Error {
  try {
    return plain(thrown, options, 0)
  } catch {
    // A proxy or a getter may throw wherever it is touched.
    return new Error(options.message ?? 'Something was thrown that cannot be read')
  }
}

/** `logger`, with every `err` as {@link plainError} gives it. */
export function loggingPlainErrors(logger: Logger): Logger {
  const write =
    (level: keyof Logger) =>
    (fields: object, message: string): void =>
      logger[level]('err' in fields ? { ...fields, err: plainError(fields.err) } : fields, message)
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}

function plain(thrown: unknown, options: PlainErrorOptions, depth: number): Error {
  if (thrown instanceof Error && made.has(thrown) && options.message === undefined) return thrown
  const ownMessage = messageOf(thrown)
  const message = withoutSecrets(options.message ?? ownMessage)
  const cause = depth < MOST_DEEP ? read(thrown, 'cause') : undefined
  const how =
    cause === undefined ? undefined : { cause: plain(cause, { fields: options.fields ?? [] }, depth + 1) }
  const members = depth < MOST_DEEP ? read(thrown, 'errors') : undefined
  const error =
    thrown instanceof Error && Array.isArray(members)
      ? new AggregateError(
          members
            .slice(0, MOST_MEMBERS)
            .map((member) => plain(member, { fields: options.fields ?? [] }, depth + 1)),
          message,
          how,
        )
      : new Error(message, how)
  error.name = nameOf(thrown)
  error.stack = [
    message === '' ? error.name : `${error.name}: ${message}`,
    ...framesOf(thrown, ownMessage),
  ].join('\n')
  for (const field of [...FIELDS, ...(options.fields ?? [])]) {
    const value = read(thrown, field)
    if (isName(value)) Object.assign(error, { [field]: value })
  }
  made.add(error)
  return error
}

function messageOf(thrown: unknown): string {
  if (typeof thrown === 'object' && thrown !== null) {
    const message = read(thrown, 'message')
    return typeof message === 'string' ? message : 'Something was thrown that is no error'
  }
  return String(thrown)
}

function nameOf(thrown: unknown): string {
  const name = read(thrown, 'name')
  return typeof name === 'string' && name !== '' && name.length <= MOST_TEXT ? name : 'Error'
}

/** Where it happened. The message stands before that, and may look like anything. */
function framesOf(thrown: unknown, message: string): string[] {
  const stack = read(thrown, 'stack')
  if (typeof stack !== 'string') return []
  const at = message === '' ? -1 : stack.indexOf(message)
  const rest = at === -1 ? stack : stack.slice(at + message.length)
  return rest.split('\n').filter((line) => /^\s+at /.test(line))
}

function isName(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= MOST_TEXT && withoutSecrets(value) === value
  return typeof value === 'number' || typeof value === 'boolean'
}

/** A field of something foreign; a getter that throws has none. */
function read(value: unknown, field: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  try {
    return (value as Readonly<Record<string, unknown>>)[field]
  } catch {
    return undefined
  }
}
