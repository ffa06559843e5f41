import { describe, expect, test } from 'vitest'
import { colour, coloured } from '../../src/output/coloured.ts'
import { fakeTerminal } from '../fake-terminal.ts'

const given = (...flags: readonly string[]) => ({ name: 'status', flags: new Set(flags) })

function shown(flags: readonly string[], more: object = {}, name = 'status'): string {
  const kept = fakeTerminal('/', { hasColors: true, ...more })
  coloured(kept.terminal, { ...given(...flags), name }).out('api COMPLETED\n')
  return kept.out()
}

describe('colours', () => {
  test('are of the words that say how something ended, and of nothing that somebody named', () => {
    expect(colour('api FAILED (rejected)')).toBe('api \u001B[31mFAILED\u001B[39m (rejected)')
    expect(colour('Task "failed" succeeded.')).toBe('Task "failed" \u001B[32msucceeded\u001B[39m.')
    expect(colour('1 done, 0 failed, 2 left')).toBe('1 done, 0 failed, 2 left')
    expect(colour('report: .ws/failed/report.md, lane/paused, not-failed')).toBe(
      'report: .ws/failed/report.md, lane/paused, not-failed',
    )
  })

  test('are shown where a person watches, and not where they are unwanted or would be read by a program', () => {
    const plain = 'api COMPLETED\n'
    expect(shown([])).toBe('api \u001B[32mCOMPLETED\u001B[39m\n')
    expect(shown(['no-color'])).toBe(plain)
    expect(shown(['json'])).toBe(plain)
    expect(shown([], { env: { NO_COLOR: '1' } })).toBe(plain)
    expect(shown([], { hasColors: false })).toBe(plain)
    expect(shown([], {}, 'logs')).toBe(plain)
  })
})
