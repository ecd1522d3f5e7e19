import { execFile } from 'node:child_process'
import { mkdtemp, rm, rmdir, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getuid, platform } from 'node:process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A disk that is soon full. */
export interface SmallDisk {
  readonly folder: string
  /** Leaves so many bytes free. */
  fill(left: number): Promise<void>
  /** Makes room again. */
  clear(): Promise<void>
  /** Takes it away with all that is on it. */
  remove(): Promise<void>
}

/** A disk in memory with room for `bytes`; or why there is none: only root on Linux may mount one. */
export async function smallDisk(bytes: number): Promise<SmallDisk | { readonly missing: string }> {
  if (platform !== 'linux' || getuid?.() !== 0)
    return { missing: 'only root on Linux may mount a small disk' }
  const folder = await mkdtemp(join(tmpdir(), 'muster-disk-'))
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=0777`, 'tmpfs', folder])
  } catch (error) {
    await rmdir(folder)
    return { missing: `no small disk can be mounted: ${String(error)}` }
  }
  const filler = join(folder, 'filler')
  return {
    folder,
    async fill(left) {
      const { bavail, bsize } = await statfs(folder)
      // Others may write meanwhile: full is full.
      await writeFile(filler, Buffer.alloc(Math.max(0, bavail * bsize - left))).catch(
        (error: NodeJS.ErrnoException) => {
          if (error.code !== 'ENOSPC') throw error
        },
      )
    },
    clear: () => rm(filler, { force: true }),
    async remove() {
      await run('umount', ['--lazy', folder])
      await rmdir(folder)
    },
  }
}
