export { type Postgres, type StartPostgres, startPostgres } from './postgres.ts'
export { type RedisServer, type StartRedis, startOwnRedis, startRedis } from './redis.ts'
