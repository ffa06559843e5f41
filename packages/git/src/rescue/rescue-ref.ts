import { parseRefName, refComponent, type RefName } from '../door/names.ts'
import type { SlotWork } from '../slots/slot-record.ts'

export const rescuePrefix = 'refs/ws/rescue/'

/** Where the last state of an attempt is kept. */
export function rescueRef({ run, workstream, attempt }: SlotWork): RefName {
  return parseRefName(`${rescuePrefix}${refComponent(run)}/${refComponent(workstream)}/${attempt}`)
}
