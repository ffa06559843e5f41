import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { type Journal, MemoryJournal, type Step, type StepDraft, type StepPosition } from '@ws/core'

/** A journal that a killed process leaves whole: a line is there or it is not. */
export class FileJournal implements Journal {
  readonly #memory = new MemoryJournal()
  readonly #path: string
  readonly #around: (append: () => void) => void

  private constructor(path: string, around: (append: () => void) => void) {
    this.#path = path
    this.#around = around
  }

  /** @param around called with each append, to do it, or to be killed before or after */
  static async open(
    path: string,
    around: (append: () => void) => void = (append) => append(),
  ): Promise<FileJournal> {
    const journal = new FileJournal(path, around)
    for (const step of readSteps(path))
      await journal.#memory.append({ ...step, expectedVersion: step.version - 1 })
    return journal
  }

  async append(draft: StepDraft): Promise<StepPosition> {
    const position = await this.#memory.append(draft)
    const { stream, epoch, inputs, events } = draft
    const firstSeq = position.nextSeq - events.length
    const step: Step = { stream, epoch, inputs, events, version: position.version, firstSeq }
    this.#around(() => appendFileSync(this.#path, `${JSON.stringify(step)}\n`))
    return position
  }

  read: Journal['read'] = (options) => this.#memory.read(options)
  head: Journal['head'] = (stream) => this.#memory.head(stream)
  lead: Journal['lead'] = (epoch) => this.#memory.lead(epoch)
  saveSnapshot: Journal['saveSnapshot'] = () => Promise.resolve()
  loadSnapshot: Journal['loadSnapshot'] = () => Promise.resolve(undefined)
  close: Journal['close'] = () => Promise.resolve()
}

/** The steps that a journal's file holds. */
export function readSteps(path: string): readonly Step[] {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  return lines.map((line): Step => JSON.parse(line))
}
