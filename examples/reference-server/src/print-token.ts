import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isUuid, type UserId } from '@muster/core'
import { dataDirectoryOf } from './configuration.ts'
import { DEVELOPMENT_ADMIN, developmentTokens, workerToken } from './development-tokens.ts'

// Prints a token of the development secret that `npm start` made: of an admin, of the user whose id is given, or, by
// `worker <types> <projects>` with commas between them, of workers over HTTP.

const [userId = DEVELOPMENT_ADMIN, types = '', projects = ''] = process.argv.slice(2)
const { MUSTER_DATA_DIR: named, MUSTER_DEMO: demo } = process.env
const folders = named ? [named] : demo === '1' ? [dataDirectoryOf(true)] : [false, true].map(dataDirectoryOf)

const secrets = await Promise.all(
  folders.map((folder) => readFile(join(folder, 'jwt-secret'), 'utf8').catch(() => undefined)),
)
const secret = secrets.find((each) => each !== undefined)
if (secrets.filter((each) => each !== undefined).length > 1) {
  process.stderr.write(`The token is for the server on ${folders[0]}; MUSTER_DEMO=1 makes one for the demo\n`)
}
if (secret === undefined) {
  process.stderr.write(`There is no development secret in ${folders.join(' or ')}: run npm start first\n`)
  process.exitCode = 1
} else if (userId === 'worker') {
  const claims = { types: types.split(','), projects: projects.split(',') }
  if (claims.types.includes('') || !claims.projects.every(isUuid)) {
    process.stderr.write('Say for which jobs: worker <type,type…> <projectId,projectId…>\n')
    process.exitCode = 1
  } else process.stdout.write(`${await workerToken(secret.trim(), claims, new Date())}\n`)
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
