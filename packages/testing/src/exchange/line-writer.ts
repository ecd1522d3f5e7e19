import type { ExportSource, FileWriter, WritableFile } from '@muster/core/exchange'

/**
 * Writes a line of JSON for each row, of a run a file for each model where the format is `by-model`. For tests of what is exported, whatever the format.
 * @param each called before each row, where a test looks or breaks
 */
export function lineWriter(each: (row: object) => unknown = () => undefined): FileWriter {
  async function* bytesOf(rows: AsyncIterable<object>): AsyncGenerator<Uint8Array> {
    for await (const row of rows) {
      await each(row)
      yield Buffer.from(`${JSON.stringify(row)}\n`)
    }
  }
  const fileOf = (name: string, rows: AsyncIterable<object>): WritableFile => ({
    name,
    bytes: bytesOf(rows),
    left: () => [{ what: 'colours', count: 1, why: 'lines have none' }],
  })
  return {
    formats: { run: ['lines', 'by-model'], tasks: ['lines'], definition: ['lines'] },
    versionOf: () => '7',
    faults: (_what, { question }) =>
      question === null ? [] : [{ path: 'question', message: 'must be absent: lines ask nothing' }],
    files: (source, { format }) =>
      format === 'by-model' && source.what === 'run'
        ? source.run.models.map((model) => fileOf(`${model}.lines`, source.scenarios([model])))
        : [fileOf('rows.lines', rowsOf(source))],
    pseudonym: (key, projectId, userId) => `${key}/${projectId}/${userId}`,
  }
}

function rowsOf(source: ExportSource): AsyncIterable<object> {
  return source.what === 'tasks' ? source.tasks() : source.scenarios()
}
