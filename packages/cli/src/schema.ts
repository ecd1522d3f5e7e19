import { CommandError, EXIT } from './command-error.ts'
import type { Connection } from './connection.ts'

/** `muster schema`: the JSON Schema of a form's answers, or the document of the whole API. @throws CommandError if the server does not serve it */
export async function schemaOf({ muster, url }: Connection, form: string | undefined): Promise<object> {
  if (form !== undefined) return (await muster.forms.schema(form)) as object
  const answer = await fetch(`${url}/openapi.json`).catch(() => undefined)
  if (answer === undefined) throw new CommandError(EXIT.away, 'The server is away')
  if (!answer.ok)
    throw new CommandError(EXIT.notFound, `The server answered ${answer.status} to /openapi.json`)
  return (await answer.json()) as object
}
