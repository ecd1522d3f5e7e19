// Opening the database.

// What can go wrong then.
export { DirectoryInUse } from './directory-lock.ts'
export { MigrationError } from './migration-error.ts'
export { openPg } from './open-pg.ts'
export { pgModule } from './pg-module.ts'
export type { PgOptions } from './pg-options.ts'
export { PgPersistence } from './pg-persistence.ts'
export type { PgPorts } from './ports.ts'
