/**
 * Changes text that arrives in pieces: what comes out depends on the text alone, never on where it was cut. It may
 * hold back a bounded end until more is known.
 */
export interface TextTransform {
  push(text: string): string
  /** The rest; the transform begins anew. */
  end(): string
}

/** One transform after another. */
export function chain(...transforms: readonly TextTransform[]): TextTransform {
  return {
    push: (text) => transforms.reduce((piece, transform) => transform.push(piece), text),
    end: () => transforms.reduce((rest, transform) => transform.push(rest) + transform.end(), ''),
  }
}
