import { type DestinationStream, type Logger, pino } from 'pino'
import { PinoPretty } from 'pino-pretty'

const STDERR = 2

/**
 * What opens doors, wherever it hangs in what is logged, up to two levels down. Nothing here logs any of it on purpose: errors of
 * libraries carry what they were called with.
 */
const SECRETS = ['authorization', 'cookie', 'jwt', 'token', 'secret', 'password', 'connectionString']
const REDACTED = SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])

/** Log lines on stderr, where they cannot mix with what the demo prints: JSON, or for people where stderr is a terminal. Secrets are left out. */
export function openLogger(level: string, destination: DestinationStream = stderr()): Logger {
  return pino({ level, redact: REDACTED }, destination)
}

function stderr(): DestinationStream {
  return process.stderr.isTTY
    ? PinoPretty({ destination: STDERR, sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' })
    : pino.destination({ dest: STDERR, sync: true })
}
