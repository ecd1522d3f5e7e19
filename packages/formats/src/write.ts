// Results and answers as files of other tools: the same rows give the same text, byte for byte.

export { pseudonymOf } from './file-writer.ts'
export type { CsvOptions } from './writers/csv.ts'
export { writeRunCsv, writeScenarioCsv, writeTaskCsv } from './writers/csv.ts'
export type { FileOptions, FileSource, NamedFile, Written } from './writers/files.ts'
export { filesOf, preferenceOf, versionOfFormat, WRITTEN_FORMATS } from './writers/files.ts'
export { writeInspect } from './writers/inspect.ts'
export { NoTagError, toLabelStudio, writeLabelStudio } from './writers/label-studio.ts'
export { writeRunLines, writeScenarioLines, writeTaskLines } from './writers/lines.ts'
export type { Bytes } from './writers/parquet.ts'
export { writeRunParquet, writeScenarioParquet, writeTaskParquet } from './writers/parquet.ts'
export type { PreferenceQuestion } from './writers/preference-pairs.ts'
export { writePreferencePairs } from './writers/preference-pairs.ts'
export { writePromptfoo } from './writers/promptfoo.ts'
export type {
  NotWritten,
  Rows,
  Writing,
  WrittenResult,
  WrittenRun,
  WrittenScenario,
  WrittenSubmission,
  WrittenTask,
} from './writers/written.ts'
