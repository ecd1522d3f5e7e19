import { at, isObject, wordOf } from '../record.ts'
import { Omissions, type Rows, type Writing, type WrittenTask } from './written.ts'

/** Which question is asked of which two sides. */
export interface PreferenceQuestion {
  /** The id of a pairwise question. */
  readonly question: string
  /** The sides that it compares: their ids, and where each stands in the payload. */
  readonly sides: readonly { readonly id: string; readonly at: string }[]
  /** A JSON Pointer to the prompt in the payload. */
  readonly promptAt: string
}

/** A line { prompt, chosen, rejected, n, margin } for each task on whose better side most people agree. */
export function writePreferencePairs(
  tasks: Rows<WrittenTask>,
  { question, sides, promptAt }: PreferenceQuestion,
): Writing {
  const left = new Omissions()
  async function* text(): AsyncGenerator<string> {
    for await (const { payload, submissions, outcome } of tasks) {
      const answers = submissions.flatMap(({ result }) =>
        isObject(result) && typeof result[question] === 'string' ? [result[question]] : [],
      )
      const settled = isObject(outcome) ? outcome[question] : undefined
      const chosen = sides.find(({ id }) => id === settled)
      const [rejected, ...more] = sides.filter(({ id }) => id !== settled)
      const prompt = at(payload, promptAt)
      if (settled === null || settled === undefined) left.add('tasks without an outcome', 'no side is better')
      else if (settled === 'tie' || settled === 'bothBad') left.add('ties', 'no side is better')
      else if (!chosen || !rejected || more.length > 0)
        left.add('tasks of other sides', `the outcome is ${wordOf(settled)}`)
      else if (prompt === undefined) left.add('tasks without a prompt', `nothing stands at ${promptAt}`)
      else {
        const [better, worse] = [at(payload, chosen.at), at(payload, rejected.at)]
        if (better === undefined || worse === undefined) {
          left.add('tasks without a side', 'nothing stands at its place')
          continue
        }
        const votes = (id: string): number => answers.filter((answer) => answer === id).length
        const margin = answers.length === 0 ? null : (votes(chosen.id) - votes(rejected.id)) / answers.length
        yield `${JSON.stringify({ prompt, chosen: better, rejected: worse, n: answers.length, margin })}\n`
      }
    }
  }
  return { text: text(), left: () => left.list() }
}
