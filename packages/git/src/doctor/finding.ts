/** Something that is not as it should be, what would mend it, and whether that was done. */
export interface Finding {
  readonly kind:
    | 'unfinished-slot'
    | 'unfinished-removal'
    | 'directory-without-registration'
    | 'registration-without-directory'
    | 'branch-without-owner'
    | 'stale-lock-file'
    | 'leftover-file'
    | 'broken-isolation'
    | 'disk-low'
  /** The slot, branch, directory or file. */
  readonly name: string
  /** The fact, in a sentence. */
  readonly message: string
  /** `mended`; `mendable`: a second run with `fix` does it; `person`: nothing here dares to. */
  readonly state: 'mended' | 'mendable' | 'person'
}

/** A finding with what mends it; without that, or where that says `not-mended`, it is for a person. */
export interface Diagnosis {
  readonly finding: Omit<Finding, 'state'>
  readonly mend?: () => Promise<unknown>
}
