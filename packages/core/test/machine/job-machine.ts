import type { CommandAnswer, Machine } from '../../src/machine/machine.ts'

/** Jobs by name: `add` wants one, `ended` ends it, `nudge` changes it, `alarm` wishes to be woken. */
export type JobInput =
  | { readonly type: 'add' | 'nudge' | 'drop'; readonly commandId: string; readonly job: string }
  | { readonly type: 'alarm'; readonly commandId?: never; readonly at: number | undefined }
  | { readonly type: 'ended'; readonly commandId?: never; readonly job: string; readonly how: string }
  | { readonly type: 'rang'; readonly commandId?: never }
  | { readonly type: 'explode'; readonly commandId?: never }

export type JobEvent =
  | { readonly type: 'job.added'; readonly job: string; readonly commandId: string }
  | { readonly type: 'job.nudged'; readonly job: string }
  | { readonly type: 'job.ended'; readonly job: string; readonly how: string }
  | { readonly type: 'job.refused'; readonly commandId: string }
  | { readonly type: 'alarm.set'; readonly at: number | undefined }
  | { readonly type: 'alarm.rang' }

export interface JobEffect {
  readonly nudges: number
}

export interface JobState {
  readonly jobs: Map<string, JobEffect>
  readonly answers: Map<string, CommandAnswer>
  readonly log: string[]
  wakeAt: number | undefined
}

/** The smallest machine in which everything a host does can be seen. */
export function jobMachine(version = 1): Machine<JobState, JobInput, JobEvent, JobEffect> {
  return {
    stream: 'jobs',
    version,
    initial: () => ({ jobs: new Map(), answers: new Map(), log: [], wakeAt: undefined }),
    *decide(state, input) {
      switch (input.type) {
        case 'add':
          if (state.jobs.has(input.job)) yield { type: 'job.refused', commandId: input.commandId }
          else yield { type: 'job.added', job: input.job, commandId: input.commandId }
          return
        case 'nudge':
          yield { type: 'job.nudged', job: input.job }
          return
        case 'drop':
          yield { type: 'job.ended', job: input.job, how: 'dropped' }
          return
        case 'ended':
          if (state.jobs.has(input.job)) yield { type: 'job.ended', job: input.job, how: input.how }
          return
        case 'alarm':
          yield { type: 'alarm.set', at: input.at }
          return
        case 'rang':
          yield { type: 'alarm.rang' }
          return
        case 'explode':
          throw new Error('the machine is broken')
      }
    },
    evolve(state, event, at) {
      state.log.push(`${event.type} ${'job' in event ? event.job : ''}@${at}`)
      if (event.type === 'job.added') {
        state.jobs.set(event.job, { nudges: 0 })
        state.answers.set(event.commandId, { ok: true })
      } else if (event.type === 'job.nudged') {
        state.jobs.set(event.job, { nudges: (state.jobs.get(event.job)?.nudges ?? 0) + 1 })
      } else if (event.type === 'job.ended') state.jobs.delete(event.job)
      else if (event.type === 'job.refused') {
        state.answers.set(event.commandId, { ok: false, code: 'WS_JOB_TWICE', message: 'it is there' })
      } else state.wakeAt = event.type === 'alarm.set' ? event.at : undefined
    },
    wanted: (state) => state.jobs,
    wakeAt: (state) => state.wakeAt,
    rang: () => ({ type: 'rang' }),
    lost: (job) => ({ type: 'ended', job, how: 'lost' }),
    answerTo: (state, commandId) => state.answers.get(commandId),
    freeze: ({ jobs, answers, log, wakeAt }) => ({
      jobs: [...jobs],
      answers: [...answers],
      log: [...log],
      wakeAt,
    }),
    thaw(frozen) {
      const { jobs, answers, log, wakeAt } = frozen as {
        jobs: [string, JobEffect][]
        answers: [string, CommandAnswer][]
        log: string[]
        wakeAt: number | undefined
      }
      return { jobs: new Map(jobs), answers: new Map(answers), log: [...log], wakeAt }
    },
  }
}
