import type { Breach } from '../errors/failure.ts'
import { sayCount, sayList } from './say.ts'

/** Which guardrail was broken and how, as a clause to stand after "it" or a colon. */
export function explainBreach(breach: Breach): string {
  switch (breach.breach) {
    case 'outside-claims':
      return `changed ${sayList(breach.paths)} outside its claims`
    case 'forbidden-path':
      return `changed ${sayList(breach.paths)}, which is forbidden`
    case 'forbidden-pattern':
      return `added what "${breach.pattern}" forbids to ${breach.path}`
    case 'secret':
      return `has a secret (${breach.kind}) in ${breach.path}`
    case 'too-large':
      return explainTooLarge(breach)
    case 'isolation':
      return `left its isolation: ${breach.detail}`
    case 'command':
      return `did not pass "${breach.command}", which exited with code ${breach.exitCode}`
    case 'crash-loop':
      return breach.cause === 'lost'
        ? `was lost ${sayCount(breach.crashes, 'time')} in a row`
        : `crashed ${sayCount(breach.crashes, 'time')}`
  }
}

function explainTooLarge({ what, is, limit }: Extract<Breach, { breach: 'too-large' }>): string {
  switch (what) {
    case 'files':
      return `changed ${sayCount(is, 'file')}, more than ${limit}`
    case 'diff-lines':
      return `has a diff of ${sayCount(is, 'line')}, more than ${limit}`
    case 'output-bytes':
      return `wrote ${sayCount(is, 'byte')} of output, more than ${limit}`
  }
}
