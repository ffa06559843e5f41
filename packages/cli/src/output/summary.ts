import type { RunResult, WorkstreamResult } from '@ws/orchestrator'
import { plainText } from './plain-text.ts'

/** How a run ended, or where it stands, in a few lines. */
export function summary({ runId, status, reason, counts, workstreams }: RunResult): string {
  const head = `run ${runId}: ${status}${reason === undefined ? '' : ` (${reason})`}, ${counts.COMPLETED} of ${workstreams.length} workstreams completed`
  const width = Math.max(0, ...workstreams.map(({ id }) => id.length))
  const rows = workstreams.map((each) => `  ${plainText(each.id).padEnd(width)}  ${standOf(each)}`)
  return `${[head, ...rows].join('\n')}\n`
}

function standOf({ status, reason, commit, tasks }: WorkstreamResult): string {
  const said = reason === undefined ? status : `${status} (${reason})`
  if (commit !== undefined) return `${said}, landed as ${commit.slice(0, 12)}`
  const errors = tasks.flatMap(({ id, status: state, error }) =>
    error === undefined || state === 'SKIPPED' ? [] : [`task "${id}" ${error}`],
  )
  return plainText([said, ...errors].join(': '))
}
