/** How long connections are written to before the process turns to whatever else it has to do. */
const TURN_MS = 1

/** Those that wait, and how many of them had their turn. */
let line: (() => void)[] = []
let had = 0

/**
 * Calls `act` soon, one after the other with all who ask. A fact may be for thousands of connections; were they written to in one go, answers of the
 * database, commits and requests would wait meanwhile, and what is due meanwhile would come late and in a heap. One line for the whole process, since it is
 * its event loop that is shared. https://nodejs.org/en/learn/asynchronous-work/dont-block-the-event-loop#partitioning
 */
export function inTurn(act: () => void): void {
  line.push(act)
  if (line.length === 1) setImmediate(turn)
}

function turn(): void {
  const until = performance.now() + TURN_MS
  try {
    do line[had++]?.()
    while (had < line.length && performance.now() < until)
  } finally {
    if (had < line.length) setImmediate(turn)
    else {
      line = []
      had = 0
    }
  }
}
