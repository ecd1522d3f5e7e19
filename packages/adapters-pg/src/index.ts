// Opening the database.

export { openPg } from './connection/open-pg.ts'
export type { PgOptions } from './connection/pg-options.ts'
export { pgModule } from './pg-module.ts'
// Errors of opening.
export { DirectoryInUseError } from './pglite/directory-lock.ts'
export { MigrationError } from './schema/migration-error.ts'
export { PgPersistence } from './stores/pg-persistence.ts'
export type { PgPorts } from './stores/pg-ports.ts'
