import type { RunState, WorkstreamState } from '@ws/core'

/** Whether a run is paused and nothing of it goes on any more: no attempt, no landing that could end by itself. */
export function isStill(run: RunState): boolean {
  // What is being cancelled ends by itself.
  if (run.status !== 'PAUSED' || run.running > 0 || run.isCancelling) return false
  return [...run.landing].every((workstream) => !canLand(workstream))
}

/** Past its tasks, asked of nobody, and not behind another of its run that has not landed. */
function canLand({ run, phase, strandedBy, before, tookOver }: WorkstreamState): boolean {
  if (phase.state !== 'RUNNING' || phase.stage !== 'landing') return false
  if (phase.landing.isWithdrawing) return true
  const isFree = [...before, ...tookOver].every(
    (base) => base.run !== run || base.phase.state === 'COMPLETED',
  )
  return isFree && strandedBy === undefined && !phase.landing.isHeld
}
