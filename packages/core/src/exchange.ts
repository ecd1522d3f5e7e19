// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

import './node-version.ts'

// Files that become tasks, definitions, runs and forms; and results, answers and scenarios that become files.

export type { ExportId, ImportId } from './ids.ts'
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

// Exports.
export {
  EXPORT_STATUSES,
  EXPORTED,
  hasExportEnded,
  PEOPLE_NAMED,
} from './exchange/exports/export.ts'
export type {
  Export,
  Exported,
  ExportFile,
  ExportManifest,
  ExportStatus,
  ExportWishes,
  KeptExport,
  NotExported,
  PeopleNamed,
} from './exchange/exports/export.ts'
export { newExport } from './exchange/exports/export-input.ts'
export type { ExportUseCases, NewExport } from './exchange/exports/exports.ts'
export type { ExportStore } from './exchange/exports/export-store.ts'
export type { Blobs } from './exchange/exports/blobs.ts'
export type {
  ExportSource,
  FileWriter,
  WritableFile,
  WritableScenario,
  WritableTask,
  WriterWords,
} from './exchange/exports/file-writer.ts'
export { exportUseCases } from './exchange/exports/export-use-cases.ts'
export type { ExportDeps, ExportParts } from './exchange/exports/export-use-cases.ts'
export { exportPruner, exportWorker } from './exchange/exports/exporting.ts'
export type { ExportingDeps, ExportingStores } from './exchange/exports/exporting.ts'
