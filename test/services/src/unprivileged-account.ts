import { readFile } from 'node:fs/promises'

/** Who runs what refuses to run as root. */
export type Account = { readonly uid: number; readonly gid: number }

/** For root: the account `postgres` where it exists, else `nobody`. For others: undefined, they run things as themselves. */
export async function unprivilegedAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const entries = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  const found = entries.find(([name]) => name === 'postgres') ?? entries.find(([name]) => name === 'nobody')
  if (!found)
    throw new Error(
      'Postgres and PgBouncer do not run as root, and there is no account "postgres" or "nobody" to run them as',
    )
  return { uid: Number(found[2]), gid: Number(found[3]) }
}
