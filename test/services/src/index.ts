export { type Postgres, type StartPostgres, startPostgres } from './postgres.ts'
export { openProxy, type Proxy, type Way } from './proxy.ts'
export { type PythonSocketio, pythonSocketio } from './python-socketio.ts'
export { type RedisServer, type StartRedis, startOwnRedis, startRedis } from './redis.ts'
