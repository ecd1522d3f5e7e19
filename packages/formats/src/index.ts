// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

// The contents of a file, whatever tool wrote it.
export { read } from './read.ts'
export { fileReader } from './file-reader.ts'
// And all writers, as a server takes them; one by one they stand in `@muster/formats/write`.
export { fileWriter } from './file-writer.ts'
export { isName, LONGEST_NAME, optionFaults } from './options.ts'
export { sniff, SNIFFED_BYTES } from './sniff.ts'
export type { Source } from './source.ts'

// Records with their place, and findings about the file.
export { FORMATS } from './record.ts'
export type {
  Entry,
  Finding,
  FindingCode,
  Format,
  FormatRecord,
  Head,
  Json,
  JsonObject,
  PredictionValue,
  QuestionHint,
  ReadOptions,
  ResultValue,
  ScenarioValue,
  SubmissionValue,
  TaskValue,
  Usage,
} from './record.ts'

// Ids of what has none.
export { canonical, contentId } from './json/canonical.ts'

// Configurations of Label Studio as forms.
export { FormatError } from './record.ts'
export { fromLabelStudio, questionHints, UnsupportedTagError } from './labels/label-studio-config.ts'
export type { Notice } from './labels/label-studio-config.ts'
