import type { OfAttempt } from '@ws/core'

/** The lines by which a commit says whose it is. */
export function attemptTrailers({ runId, taskId, attempt }: OfAttempt): Record<string, string> {
  return { 'Ws-Run': oneLine(runId), 'Ws-Task': oneLine(taskId), 'Ws-Attempt': String(attempt) }
}

/** Whether a commit is this attempt's. Only the last paragraph counts: a tool may write anything above it. */
export function isCommitOf(commit: string, of: OfAttempt): boolean {
  const last = commit.trimEnd().split('\n\n').at(-1) ?? ''
  const lines = new Set(last.split('\n'))
  return Object.entries(attemptTrailers(of)).every(([key, value]) => lines.has(`${key}: ${value}`))
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}
