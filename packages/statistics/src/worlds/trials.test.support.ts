/** Whether all trials of a world are run. */
export const FULL: boolean = process.env['MUSTER_WORLDS'] === 'full'

/** How many trials to run. */
export function trialsOf(full: number, inTests: number): number {
  return FULL ? full : inTests
}

/** Says what a world came to, when all of it is run. */
export function figures(world: string, cell: unknown, reached: object): void {
  if (FULL)
    console.log(
      JSON.stringify({ world, cell, reached }, (_, value) =>
        typeof value === 'number' ? Math.round(value * 1e4) / 1e4 : value,
      ),
    )
}
