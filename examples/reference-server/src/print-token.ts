import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isUuid, type UserId } from '@muster/core'
import { DEVELOPMENT_ADMIN, developmentTokens } from './development-tokens.ts'

// Prints a token of the development secret that `npm start` made: of an admin, or of the user whose id is given.

const [userId = DEVELOPMENT_ADMIN] = process.argv.slice(2)
const directory = process.env['MUSTER_DATA_DIR'] || '.muster'

const secret = await readFile(join(directory, 'jwt-secret'), 'utf8').catch(() => undefined)
if (secret === undefined) {
  process.stderr.write(`There is no development secret in ${directory}: run npm start first\n`)
  process.exitCode = 1
} else if (!isUuid(userId)) {
  process.stderr.write(`${userId} is no user id: give the UUID of a user, or nothing for an admin\n`)
  process.exitCode = 1
} else {
  const role = userId === DEVELOPMENT_ADMIN ? 'admin' : 'annotator'
  const tokens = await developmentTokens(
    secret.trim(),
    [{ label: role, userId: userId as UserId, role }],
    new Date(),
  )
  for (const { jwt } of tokens) process.stdout.write(`${jwt}\n`)
}
