import { type Logger, pino } from 'pino'
import { PinoPretty } from 'pino-pretty'

const STDERR = 2

/** Log lines on stderr, where they cannot mix with what the demo prints: JSON, or for people where stderr is a terminal. */
export function openLogger(level: string): Logger {
  const destination = process.stderr.isTTY
    ? PinoPretty({ destination: STDERR, sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' })
    : pino.destination({ dest: STDERR, sync: true })
  return pino({ level }, destination)
}
