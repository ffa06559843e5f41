import type { Published, RunEvent } from '@ws/core'
import type { RunResult } from '@ws/orchestrator'
import type { Terminal } from '../terminal.ts'
import { jsonView } from './json-view.ts'
import { liveView } from './live-view.ts'
import { plainView } from './plain-view.ts'
import type { Standing } from './standing.ts'

/** How a run is shown while it goes on. */
export interface View {
  /** Something happened; the results say where the runs that are followed stand now. */
  show(published: Published<RunEvent>, stand: () => readonly RunResult[]): void
  /** A sentence of ours. */
  note(text: string): void
  /** How a run ended, or was left. */
  end(result: RunResult): void
  /** Nothing more is shown. */
  close(): void
}

/** Lines of JSON for programs, a block that is kept up to date for a person who watches, else plain lines. */
export function openView(
  terminal: Terminal,
  { isJson, standing }: { readonly isJson: boolean; readonly standing: Standing },
): View {
  if (isJson) return jsonView(terminal)
  return terminal.isLive ? liveView(terminal, standing) : plainView(terminal)
}
