import type { ToolAdapter } from '@ws/tools'

/** What is asked for: by a person, or nothing. */
export type AskedExecution = 'auto' | 'pooled' | 'one-shot'

/** A process for the attempt alone, or one that stays for what comes after it in the same worktree. */
export interface ExecutionChoice {
  readonly execution: 'pooled' | 'one-shot'
  readonly because: string
}

/** What is known of the workstream of an attempt. */
export interface Around {
  /** How many other tasks of it are still to be done by the tool. */
  readonly others: number
  /** Whether a process is there that an earlier task of it has left. */
  readonly isWarm: boolean
}

/**
 * Whether an attempt gets a process of its own or a warm one. Where nobody asks, one is kept warm only for those who come
 * after it: a start is little beside a task, and what a process has left behind is gone with it.
 */
export function chooseExecution(
  asked: AskedExecution,
  { traits }: Pick<ToolAdapter, 'traits'>,
  { others, isWarm }: Around,
): ExecutionChoice {
  if (asked !== 'auto') return { execution: asked, because: 'as its settings say' }
  const { modes, framing } = traits
  if (!modes.includes('long-running')) return oneShot('a process of it takes one prompt')
  if (!modes.includes('one-shot')) return pooled('it runs in no other way')
  if (framing === 'weak') return oneShot('the end of its turns is a guess')
  if (isWarm) return pooled('it is warm from an earlier task')
  return others > 0
    ? pooled('its workstream has more tasks for it')
    : oneShot('its workstream has no other task for it')
}

function oneShot(because: string): ExecutionChoice {
  return { execution: 'one-shot', because }
}

function pooled(because: string): ExecutionChoice {
  return { execution: 'pooled', because }
}
