export { type Postgres, type StartPostgres, startPostgres } from './postgres.ts'
