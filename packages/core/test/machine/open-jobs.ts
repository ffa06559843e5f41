import { WsError } from '../../src/errors/ws-error.ts'
import type { Driver, DriverContext } from '../../src/machine/driver.ts'
import type { Host, HostOptions } from '../../src/machine/host.ts'
import { openHost } from '../../src/machine/host.ts'
import type { StepDraft, StepPosition } from '../../src/machine/journal.ts'
import { MemoryJournal } from '../../src/machine/memory-journal.ts'
import { ManualClock } from '../../src/testing/manual-clock.ts'
import type { JobEffect, JobEvent, JobInput, JobState } from './job-machine.ts'
import { jobMachine } from './job-machine.ts'

type JobHost = Host<JobState, JobInput, JobEvent, JobEffect>

/** A driver that does nothing but remember what it was told. */
export class RecordingDriver implements Driver<JobEffect, JobInput> {
  readonly told: string[] = []
  readonly found = new Map<string, JobInput | 'adopted' | 'lost'>()
  context: DriverContext<JobInput> | undefined
  /** What it does while it closes. */
  onClose: () => Promise<void> | void = () => {}

  start(key: string, _effect: JobEffect, context: DriverContext<JobInput>): void {
    this.told.push(`start ${key}`)
    this.context = context
  }

  change(key: string, { nudges }: JobEffect): void {
    this.told.push(`change ${key} ${nudges}`)
  }

  stop(key: string): void {
    this.told.push(`stop ${key}`)
  }

  recover(key: string, _effect: JobEffect, context: DriverContext<JobInput>) {
    this.told.push(`recover ${key}`)
    this.context = context
    return Promise.resolve(this.found.get(key) ?? 'lost')
  }

  async close(): Promise<void> {
    this.told.push('close')
    await this.onClose()
  }
}

/** A journal whose appends wait, fail, or fail after they were done. */
export class TroubledJournal extends MemoryJournal {
  readonly appended: StepDraft[] = []
  trouble: 'none' | 'refused' | 'unknown' = 'none'
  #gate: Promise<void> = Promise.resolve()

  /** Holds appends back until the returned function is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#gate = promise
    return resolve
  }

  override async append(step: StepDraft): Promise<StepPosition> {
    await this.#gate
    if (this.trouble === 'refused') throw new Error('the disk is full')
    const position = await super.append(step)
    this.appended.push(step)
    if (this.trouble === 'unknown') throw new WsError('WS_JOURNAL_UNKNOWN', 'the answer was cut off')
    return position
  }
}

interface Opening extends Partial<HostOptions<JobEffect, JobInput>> {
  readonly journal?: TroubledJournal
  readonly clock?: ManualClock
  readonly driver?: RecordingDriver
}

interface Setting {
  readonly journal: TroubledJournal
  readonly clock: ManualClock
  readonly driver: RecordingDriver
  readonly host: JobHost
}

/** Opens a host of jobs; what is not given is new. */
export async function openJobs(opening: Opening = {}, version = 1): Promise<Setting> {
  const {
    journal = new TroubledJournal(),
    clock = new ManualClock(100),
    driver = new RecordingDriver(),
  } = opening
  const host = await openHost(jobMachine(version), { ...opening, journal, clock, driver })
  return { journal, clock, driver, host }
}
