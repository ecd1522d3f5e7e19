export { builtConsole } from './built-console.ts'
export { chromiumBinary, wholeChromiumBinary } from './chromium.ts'
export { COMPILE_CACHE } from './compile-cache.ts'
export { type PgBouncer, type StartPgBouncer, startPgBouncer } from './pgbouncer.ts'
export {
  fence,
  type Postgres,
  type Standby,
  type StartPostgres,
  startOwnPostgres,
  startPostgres,
} from './postgres.ts'
export { type PostgresTools, postgresTools } from './postgres-tools.ts'
export { openProxy, type Proxy, type Way } from './proxy.ts'
export { type PythonSocketio, pythonSocketio } from './python-socketio.ts'
export { type RedisServer, type StartRedis, startOwnRedis, startRedis } from './redis.ts'
export { type SmallDisk, smallDisk } from './small-disk.ts'
