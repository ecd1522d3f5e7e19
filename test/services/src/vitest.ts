export { freshDatabase } from './fresh-database.ts'
export { freshRedis } from './fresh-redis.ts'
