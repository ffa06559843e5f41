/** A path pattern without its mode: what the overlap of two claims is decided on. */
export interface ClaimPattern {
  /** A repository-relative glob; the dialect is written down in `docs/claims.md`. */
  readonly path: string
  /** Globs cut out of `path`. */
  readonly exclude?: readonly string[]
}

/** How a claim is held: alone, or beside other shared holders. */
export type ClaimMode = 'exclusive' | 'shared'

/** A path pattern that a workstream holds, with its mode. */
export interface Claim extends ClaimPattern {
  readonly mode: ClaimMode
}

/** Two claims of which at least one is exclusive cannot be held together where their patterns overlap. */
export function modesClash(a: ClaimMode, b: ClaimMode): boolean {
  return a === 'exclusive' || b === 'exclusive'
}
