import { describe, it } from 'vitest'
import type { OpenAdapter } from '../stores/open-adapter.ts'
import { ASK_CASES } from './ask-cases.ts'
import { AskWorld, type AskWorldOptions } from './ask-world.ts'

/** Every promise of {@link AskStore}, and of jobs that ask people, on whatever `open` opens: empty each time. */
export function askStoreContract(name: string, open: OpenAdapter): void {
  describe(`${name} is an AskStore`, () => {
    for (const [title, play] of Object.entries(ASK_CASES)) it(title, () => playCase(open, play))
  })
}

/** Plays the case of that title with parts that are broken on purpose: it rejects if it notices. */
export async function playBroken(open: OpenAdapter, title: string, options: AskWorldOptions): Promise<void> {
  const play = ASK_CASES[title]
  if (play === undefined) throw new TypeError(`There is no case ${title}`)
  await playCase(open, play, options)
}

async function playCase(
  open: OpenAdapter,
  play: (world: AskWorld) => Promise<void>,
  options: AskWorldOptions = {},
): Promise<void> {
  const { world, close } = await AskWorld.open(open, options)
  try {
    await play(world)
  } finally {
    await close()
  }
}
