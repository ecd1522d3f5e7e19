import type { Format } from './record.ts'

/** As much of a file as telling its format takes. */
export const SNIFFED_BYTES = 64 * 1024

/**
 * The format that the first bytes of a file look like; undefined if there are none. A table is taken for CSV if nothing else fits: a
 * tab within its header makes it TSV.
 */
export function sniff(head: Uint8Array): Format | undefined {
  if (head.byteLength === 0) return undefined
  const magic = String.fromCharCode(...head.subarray(0, 4))
  if (magic === 'PAR1') return 'parquet'
  if (magic === 'PK\u0003\u0004') return 'inspect'
  const text = textOf(head)
  const first = /\S/.exec(text)?.[0]
  if (first === '<') return 'label-studio-config'
  if (first === '{' || first === '[') return jsonFormat(text, first === '[')
  const [header = ''] = text.replace(/^sep=.\r?\n/i, '').split(/[\r\n]/)
  if (/\b(?:Status)\b.*\bScore\b/.test(header) && /\[[^\]]+\]/.test(header)) return 'promptfoo-csv'
  if (
    /^(?:#.*\n|\s*\n)*\s*(?:description|prompts|providers|tests|defaultTest):/.test(text) &&
    /^tests:|^prompts:/m.test(text)
  )
    return 'promptfoo-config'
  if (/(?:^|,)input(?:,|$)/.test(header) && /(?:^|,)target(?:,|$)/.test(header)) return 'inspect-dataset'
  return header.includes('\t') ? 'tsv' : 'csv'
}

function textOf(head: Uint8Array): string {
  const encoding =
    head[0] === 0xff && head[1] === 0xfe
      ? 'utf-16le'
      : head[0] === 0xfe && head[1] === 0xff
        ? 'utf-16be'
        : 'utf-8'
  return new TextDecoder(encoding).decode(head)
}

/** By the members of the first object, as far as they are within the first bytes. */
function jsonFormat(text: string, isList: boolean): Format {
  const keys = firstKeys(text)
  const has = (...names: readonly string[]): boolean => names.every((name) => keys.has(name))
  if (has('evalId', 'results') || has('testIdx', 'promptIdx')) return 'promptfoo'
  if (has('version', 'eval')) return 'inspect'
  if (has('datasource_item') || has('item', 'sample', 'run_id')) return 'openai-evals'
  if (has('object', 'data') && /"eval\.run\.output_item"/.test(text)) return 'openai-evals'
  if (has('data') && (has('annotations') || has('predictions') || (isList && !has('meta'))))
    return 'label-studio'
  if (
    has('data', 'meta') ||
    (has('dataType', 'source') && has('value')) ||
    has('expectedOutput', 'datasetId')
  )
    return 'langfuse'
  if (has('doc_id') && (has('resps') || has('filtered_resps'))) return 'lm-eval'
  if (has('spec') || has('input', 'ideal')) return 'openai-evals-registry'
  if (has('annotation_id', 'annotator')) return 'label-studio-min'
  if (has('fields') && (has('responses') || has('suggestions') || has('_server_id'))) return 'argilla'
  if ([...keys].some((key) => /\.(?:responses\.(?:users|status)|suggestion\.agent)$/.test(key)))
    return 'argilla'
  if (has('_input_hash')) return 'prodigy'
  if (has('tests') && (has('prompts') || has('providers'))) return 'promptfoo-config'
  if (has('payload')) return isList ? 'json' : 'ndjson'
  if (
    !isList &&
    (has('text') || has('column_data')) &&
    (has('label') || has('entities') || has('column_label') || has('cats'))
  )
    return 'doccano'
  if (has('input', 'target')) return 'inspect-dataset'
  return isList ? 'json' : 'ndjson'
}

/** Names of the members of the first object, at its own depth; a text that ends within is no fault. */
function firstKeys(text: string): ReadonlySet<string> {
  const keys = new Set<string>()
  let depth = 0
  let base = 0
  let isName = false
  for (let i = 0; i < text.length; i++) {
    const sign = text[i]
    if (sign === '"') {
      const start = i + 1
      for (i++; i < text.length && text[i] !== '"'; i++) if (text[i] === '\\') i++
      if (isName && depth === base) keys.add(text.slice(start, i))
      isName = false
    } else if (sign === '{') {
      depth++
      if (base === 0) base = depth
      isName = depth === base
    } else if (sign === '[') depth++
    else if (sign === '}' || sign === ']') {
      if (depth === base) break
      depth--
    } else if (sign === ',' && depth === base) isName = true
  }
  return keys
}
