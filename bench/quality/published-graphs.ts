import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { Instance } from './instance.ts'

interface Line {
  readonly name: string
  readonly P: number
  readonly dur: readonly number[]
  readonly pred: readonly (readonly number[])[]
  readonly best: number
}

/**
 * Reads graphs of the Standard Task Graph Set with their published best makespans: one JSON object a line, gzipped.
 * They are not part of this repository.
 */
export function publishedGraphs(path: string | undefined): readonly Instance[] | undefined {
  if (path === undefined || !existsSync(path)) return undefined
  const lines = gunzipSync(readFileSync(path)).toString('utf8').trim().split('\n')
  return lines.map((line) => instanceOf(JSON.parse(line) as Line))
}

function instanceOf({ name, P, dur, pred, best }: Line): Instance {
  const tasks = dur.map((durationMs, at) => ({
    id: `t${at}`,
    durationMs,
    needs: (pred[at] ?? []).map((need) => `t${need}`),
    claims: [],
  }))
  return { name, tasks, limits: { concurrency: P }, bestMs: best }
}
