// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

import './node-version.ts'

// Files that become tasks, definitions, runs and forms.

export type { ImportId } from './ids.ts'
export {
  FINDING_LEVELS,
  hasEnded,
  IMPORT_MODES,
  IMPORT_STATUSES,
  IMPORT_TARGETS,
  IMPORT_VERDICTS,
  ON_CONFLICT,
} from './exchange/import.ts'
export type {
  FindingLevel,
  Import,
  ImportCounts,
  ImportCreated,
  ImportFinding,
  ImportMode,
  ImportProgress,
  ImportRow,
  ImportStatus,
  ImportTarget,
  ImportVerdict,
  KeptFinding,
  KeptImport,
  OnConflict,
  Tallies,
} from './exchange/import.ts'

// Inputs of callers, and results.
export { importOptions, previewOptions } from './exchange/import-input.ts'
export type {
  ImportOptions,
  ImportPreview,
  ImportUseCases,
  NewImport,
  PreviewedField,
  ReceivedImport,
} from './exchange/imports.ts'

// The ports, and the parts that a host composes.
export type { FileEntry, FileFinding, FileHead, FileReader, FileRecord } from './exchange/file-reader.ts'
export type { ImportStore, RowVerdict, StagedPart } from './exchange/import-store.ts'
export type { EndingStores } from './exchange/ending.ts'
export { importUseCases } from './exchange/import-use-cases.ts'
export type { ImportDeps } from './exchange/import-use-cases.ts'
export { importWorker } from './exchange/importing.ts'
export type { ImportingDeps, ImportingStores } from './exchange/importing-deps.ts'
export { MOST_TOLD, NO_TALLIES } from './exchange/report.ts'
export { SILENT_MS } from './exchange/receiving.ts'
