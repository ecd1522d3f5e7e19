import { unpackedSource } from './archive/packed.ts'
import { readInspect } from './evaluations/inspect.ts'
import { readInspectDataset } from './evaluations/inspect-dataset.ts'
import { readLangfuse } from './evaluations/langfuse.ts'
import { readLmEval } from './evaluations/lm-eval.ts'
import { readOpenAiEvals, readOpenAiRegistry } from './evaluations/openai-evals.ts'
import { readPromptfoo } from './evaluations/promptfoo.ts'
import { readPromptfooConfig } from './evaluations/promptfoo-config.ts'
import { readPromptfooCsv } from './evaluations/promptfoo-csv.ts'
import { jsonValues } from './json/values.ts'
import { readArgilla } from './labels/argilla.ts'
import { readDoccano } from './labels/doccano.ts'
import { readLabelStudio, readLabelStudioMin } from './labels/label-studio.ts'
import { readLabelStudioConfig } from './labels/label-studio-config.ts'
import { readProdigy } from './labels/prodigy.ts'
import { isResultLine, nativeEntries, resultEntries, rowEntries } from './native.ts'
import { type Entry, FORMATS, type Format, FormatError, finding, type ReadOptions } from './record.ts'
import { SNIFFED_BYTES, sniff } from './sniff.ts'
import { peek, type Source } from './source.ts'
import { readParquet } from './table/parquet.ts'
import { tabled } from './table/table.ts'
import { decode } from './text/decode.ts'

type Reader = (source: Source, options: ReadOptions) => AsyncGenerator<Entry>

const READERS: Readonly<Record<Format, Reader>> = {
  ndjson: (source, options) => readJson('ndjson', source, options),
  json: (source, options) => readJson('json', source, options),
  csv: (source, options) => readTable('csv', source, options),
  tsv: (source, options) => readTable('tsv', source, { delimiter: '\t', ...options }),
  parquet: readParquet,
  promptfoo: readPromptfoo,
  'promptfoo-csv': readPromptfooCsv,
  'promptfoo-config': readPromptfooConfig,
  inspect: readInspect,
  'inspect-dataset': readInspectDataset,
  'openai-evals': readOpenAiEvals,
  'openai-evals-registry': readOpenAiRegistry,
  'lm-eval': readLmEval,
  'label-studio': readLabelStudio,
  'label-studio-min': readLabelStudioMin,
  'label-studio-config': readLabelStudioConfig,
  argilla: readArgilla,
  langfuse: readLangfuse,
  doccano: readDoccano,
  prodigy: readProdigy,
}

/**
 * The entries of a file: a head, then records and findings. A file that cannot be read further ends with a finding of level `error`, so
 * that nothing is thrown but what the source throws. A file packed by gzip or zstd is unpacked first. `auto` takes the format that its first bytes look like.
 */
export async function* read(
  format: Format | 'auto',
  source: Source,
  options: ReadOptions = {},
): AsyncGenerator<Entry> {
  try {
    if (format !== 'auto') {
      if (!FORMATS.includes(format))
        throw new FormatError('unknown_format', `must be one of ${FORMATS.join(', ')}, not ${String(format)}`)
      yield* told(READERS[format](await unpackedSource(source, options.maxBytes), options))
      return
    }
    const { head, rest } = await peek(await unpackedSource(source, options.maxBytes), SNIFFED_BYTES)
    const sniffed = sniff(head)
    if (sniffed === undefined) throw new FormatError('empty', 'holds nothing')
    yield* told(READERS[sniffed](rest, options))
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    yield error.finding
  }
}

/** Says so if a reader finds nothing at all. */
async function* told(entries: AsyncGenerator<Entry>): AsyncGenerator<Entry> {
  let isEmpty = true
  for await (const entry of entries) {
    if (entry.is !== 'head') isEmpty = false
    yield entry
  }
  if (isEmpty) yield finding('note', 'empty', 'has nothing behind its head, such as a row below a header')
}

async function* readJson(
  format: 'json' | 'ndjson',
  source: Source,
  options: ReadOptions,
): AsyncGenerator<Entry> {
  yield { is: 'head', format, formatVersion: null }
  const told = new Set<string>()
  const isFirst = (scenarioId: string): boolean => told.size < told.add(scenarioId).size
  for await (const one of jsonValues(decode(source, options.encoding), options)) {
    if (one.is === 'finding') yield one
    else if (isResultLine(one.value)) yield* resultEntries(one.value, one, isFirst)
    else yield* nativeEntries(one, options)
  }
}

async function* readTable(
  format: 'csv' | 'tsv',
  source: Source,
  options: ReadOptions,
): AsyncGenerator<Entry> {
  yield { is: 'head', format, formatVersion: null }
  for await (const one of tabled(decode(source, options.encoding), options)) {
    if (one.is === 'finding') yield one
    else yield* rowEntries(one, options)
  }
}
