import { readdirSync, readFileSync } from 'node:fs'
import { query } from '../databases.ts'

/** How often a second Linux counts for programs. */
const TICKS = 100

interface Stat {
  readonly pid: number
  readonly parent: number
  readonly own: number
  /** Of children that have ended. */
  readonly ended: number
}

/**
 * What all processes of a Postgres on this machine have taken of the processor, in seconds, those that have ended too. Gives what asks; that gives NaN where
 * `/proc` does not have the server. Its role must be a superuser.
 */
export async function serverCpu(connectionString: string): Promise<() => number> {
  const { rows } = await query<{ pid: number }>(
    connectionString,
    `select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as pid`,
  )
  const server = rows[0]?.pid
  return () => {
    const all = processes()
    const parent = all.find(({ pid }) => pid === server)
    if (parent === undefined) return Number.NaN
    const children = all.filter((stat) => stat.parent === parent.pid)
    return (parent.own + parent.ended + children.reduce((sum, { own }) => sum + own, 0)) / TICKS
  }
}

function processes(): Stat[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'utf8')
      // The name of a program stands in brackets and may hold anything.
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
      const at = (place: number): number => Number(fields[place])
      return [{ pid: Number(name), parent: at(1), own: at(11) + at(12), ended: at(13) + at(14) }]
    } catch {
      // It has ended meanwhile.
      return []
    }
  })
}
