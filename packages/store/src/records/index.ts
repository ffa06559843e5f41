export { Artifact, ArtifactStore } from './artifacts/artifact-store.ts'
export type { ArtifactName } from './artifacts/artifact-store.ts'
export { writeFiles } from './files/write-files.ts'
export type { WriteFilesOptions } from './files/write-files.ts'
export type { NumberedLine } from './files/append-lines.ts'
export type {
  AttemptFacts,
  ChangeFacts,
  EntryFacts,
  LandingFacts,
  LeftFacts,
  QueueFacts,
  RecordsState,
  RunFacts,
  TaskFacts,
  TaskProblem,
  ToolFacts,
  WorkstreamFacts,
} from './fold/records-state.ts'
export { KeptArtifact, WorkEvent, workStream } from './fold/take-work-event.ts'
export { readEvents, runEventOf } from './logged-event.ts'
export type { LoggedEvent } from './logged-event.ts'
export { openRecordStore, RecordStore } from './keep/record-store.ts'
export type { RecordStoreOptions } from './keep/record-store.ts'
export { RecordQuery } from './keep/record-query.ts'
export { RegistryWriter } from './keep/registry-writer.ts'
export type { NewRecord } from './keep/registry-writer.ts'
export { Records, recordsOf } from './records.ts'
export type { RunRecords } from './records.ts'
export type { LogLine } from './views/log-line.ts'
export { reportMarkdown } from './views/report-markdown.ts'
export { jsonSchema, jsonSchemas, shapes } from './shapes/json-schemas.ts'
export type { SchemaName } from './shapes/json-schemas.ts'
export { LedgerLine } from './shapes/ledger-line.ts'
export { MergeQueueFile } from './shapes/merge-queue-file.ts'
export { ParallelEfficiency, ReportFile } from './shapes/report-file.ts'
export { registeredKey, RegisteredMetadata, registeredOf } from './shapes/registered-workstream.ts'
export type { RegisteredWorkstream } from './shapes/registered-workstream.ts'
export { RoadmapFile, RoadmapPlan } from './shapes/roadmap-file.ts'
export { RunSummary } from './shapes/run-result-shape.ts'
export { RunStatusFile } from './shapes/run-status-file.ts'
export { ToolHealthFile } from './shapes/tool-health-file.ts'
export { Topic } from './shapes/topic.ts'
export { VerificationFile } from './shapes/verification-file.ts'
export { ChildMetadata, MasterMetadata, RecordStatus, WorkstreamRecord } from './shapes/workstream-record.ts'
