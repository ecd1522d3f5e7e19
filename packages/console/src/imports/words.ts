/** What the page of imports says. */
export const WORDS = {
  title: 'Import',
  none: 'No file was brought yet',
  noneMore:
    'Bring tasks, a definition of scenarios or a form: a table, JSON, or a file of another labelling or evaluation tool. Drop it here, or press New import.',
  fresh: 'new imports',
  add: 'New import…',
  addTitle: 'New import',
  all: 'All imports',
  file: 'File',
  fileHelp: 'Choose it, or drop it here. At most 1 GiB unpacked; gzip and zstd are unpacked.',
  other: 'Another file…',
  preview: 'What becomes of it',
  previewMore: 'Of its first MiB; nothing is kept.',
  previewNone: 'No record can be told from its first MiB. A dry run reads all of it.',
  fields: 'Fields',
  sample: 'First records',
  findings: 'Findings',
  noHome: 'no home',
  format: 'Format',
  auto: 'The one that it looks like',
  target: 'It becomes',
  name: 'Name',
  nameHelp: 'Of the import, and of a definition or a form that it makes',
  jobType: 'Job type',
  jobTypeHelp: 'Of the scenarios of a definition',
  mode: 'If a part is at fault',
  onConflict: 'If an id is taken by another',
  reader: 'How it is read',
  idFrom: 'Ids from',
  idFromHelp: 'A column or a pointer; empty: externalId, else the content',
  encoding: 'Encoding',
  decimal: 'Decimal sign',
  numbers: 'Whole numbers beyond 2⁵³',
  more: 'Further options, as JSON',
  moreHelp: 'Such as { "keepRest": false }: the options of the guide',
  dryRun: 'Dry run',
  bring: 'Import',
  stop: 'Stop',
  sending: 'Sent',
  reading: 'All is sent: the server reads it',
  stopped: 'It was stopped before all of it was sent. Nothing was made.',
  again: 'This file was brought before, with the same options: this is what became of it then.',
  cancel: 'Cancel…',
  cancelTitle: 'Cancel the import?',
  cancelDeed: 'Cancel the import',
  cancelAtomic: 'It ends before its next part, and nothing is made.',
  cancelChunks: 'It ends before its next part. What is made stays.',
  download: 'Save report',
  realNow: 'Import it now',
  sendAgain: 'Send it again',
  bringRest: 'Import the rest',
  tryRest: 'Try the rest',
  failed: 'The file did not come whole, and nothing was made. Send it again.',
  refused:
    'A part is at fault, so nothing was made. Mend the file and bring it, or import the rest without that.',
  refusedChunks: 'Nothing could be made of it: see the report.',
  checked: 'It was checked, and nothing was made.',
  kept: 'Its rows go a day after the end. What it made stays.',
  report: 'Report',
  reportNone: 'Nothing was found: every part of the file has a home.',
  reportEmpty: 'Nothing of this level was found',
  tasks: 'See the tasks',
  definition: 'See the runs of its definition',
  run: 'See the run',
} as const

/** What a file may become. */
export const TARGETS = [
  { value: '', title: 'What the file holds' },
  { value: 'tasks', title: 'Tasks' },
  { value: 'definition', title: 'A definition of scenarios' },
  { value: 'form', title: 'A form' },
] as const

/** All of it or what can be. */
export const MODES = [
  { value: 'atomic', title: 'Nothing is made (atomic)' },
  { value: 'chunks', title: 'The rest is made (chunks)' },
] as const

/** What becomes of ids that are taken. */
export const CONFLICTS = [
  { value: 'refuse', title: 'It is an error' },
  { value: 'skip', title: 'It is passed over, with a note' },
] as const

/** Encodings of files without a byte order mark. */
export const ENCODINGS = [
  { value: '', title: 'UTF-8' },
  { value: 'windows-1252', title: 'windows-1252' },
  { value: 'utf-16le', title: 'UTF-16, little-endian' },
  { value: 'utf-16be', title: 'UTF-16, big-endian' },
] as const

/** What a column of a table may be. */
export const TYPES = [
  { value: '', title: 'text' },
  { value: 'number', title: 'number' },
  { value: 'boolean', title: 'true or false' },
  { value: 'json', title: 'JSON' },
] as const

/** Decimal signs of numbers in tables. */
export const DECIMALS = [
  { value: '', title: 'Point' },
  { value: ',', title: 'Comma' },
] as const

/** What becomes of whole numbers that a double would change. */
export const NUMBERS = [
  { value: '', title: 'Are refused' },
  { value: 'string', title: 'Become text' },
] as const

/** The formats that `@muster/formats` reads. */
export const FORMATS = [
  'ndjson',
  'json',
  'csv',
  'tsv',
  'parquet',
  'promptfoo',
  'promptfoo-csv',
  'promptfoo-config',
  'inspect',
  'inspect-dataset',
  'openai-evals',
  'openai-evals-registry',
  'lm-eval',
  'label-studio',
  'label-studio-min',
  'label-studio-config',
  'argilla',
  'langfuse',
  'doccano',
  'prodigy',
] as const
