import { configJsonSchema, type JsonSchema, planJsonSchema } from '@ws/core'
import * as z from 'zod'
import { Analysis, ChosenTool } from './analysis.ts'
import { InstanceShape } from './instance-status.ts'
import { LedgerLine } from './ledger-line.ts'
import { EventShape } from './logged-event-shape.ts'
import { MergeQueueFile } from './merge-queue-file.ts'
import { ReportFile } from './report-file.ts'
import { AcceptedRequest, AuditRow, RequestInput } from './request.ts'
import { RoadmapFile } from './roadmap-file.ts'
import { RunSummary } from './run-result-shape.ts'
import { RunStatusFile } from './run-status-file.ts'
import { ToolHealthFile } from './tool-health-file.ts'
import { Topic } from './topic.ts'
import { VerificationFile } from './verification-file.ts'
import { WorkstreamRecord } from './workstream-record.ts'

/** The shapes that other programs rely on, by the name that people ask for them with. */
export const shapes = {
  event: EventShape,
  topic: Topic,
  record: WorkstreamRecord,
  status: RunStatusFile,
  queue: MergeQueueFile,
  health: ToolHealthFile,
  ledger: LedgerLine,
  roadmap: RoadmapFile,
  report: ReportFile,
  verification: VerificationFile,
  result: RunSummary,
  cluster: z.array(InstanceShape).meta({ title: 'instances of a cluster' }),
  request: RequestInput,
  accepted: AcceptedRequest,
  audit: AuditRow,
  analysis: Analysis,
  choice: ChosenTool,
} as const

/** Names of JSON Schemas. */
export type SchemaName = keyof typeof shapes | 'plan' | 'config'

/** The JSON Schema of each shape, for editors and other languages, made when it is asked for. */
export function jsonSchema(name: SchemaName): JsonSchema {
  if (name === 'plan') return planJsonSchema()
  if (name === 'config') return configJsonSchema()
  return z.toJSONSchema(shapes[name], { target: 'draft-2020-12', io: 'input' })
}

/** All of them by name. */
export function jsonSchemas(): Readonly<Record<SchemaName, JsonSchema>> {
  const names: readonly SchemaName[] = ['plan', 'config', ...(Object.keys(shapes) as (keyof typeof shapes)[])]
  return Object.fromEntries(names.map((name) => [name, jsonSchema(name)])) as Record<SchemaName, JsonSchema>
}
