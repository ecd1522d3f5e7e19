/** The schema cannot be brought to what this version of Muster needs. The database is as it was before. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
  readonly misconfigured = true
}
