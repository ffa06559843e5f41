import { expect, test } from 'vitest'
import { mergePage, type RunCli } from '../../scripts/clis/clis-page.ts'

const head = '# Real CLIs\n\nWritten by hand.\n'

function cli(name: string, facts: RunCli['facts']): RunCli {
  return { name, version: '1.2.3', date: '2026-01-31', facts }
}

const fact = (tool: string, mode: 'pooled' | 'one-shot', seen: string, because?: string) => ({
  tool,
  mode,
  fact: 'tokens that are told',
  seen,
  ...(because === undefined ? {} : { because }),
})

test('what was seen of a CLI is a table by mode, with a note for each cell that departs', () => {
  const facts = [fact('codex', 'pooled', 'all'), fact('codex', 'one-shot', 'none', 'It tells none.')]
  expect(mergePage(head, [cli('codex', facts)], ['codex'])).toMatchInlineSnapshot(`
    "# Real CLIs

    Written by hand.

    ## codex 1.2.3

    Seen on 2026-01-31.

    <!-- prettier-ignore -->
    |  | pooled | one-shot |
    | --- | --- | --- |
    | tokens that are told | all | none [1] |

    [1] It tells none.

    Not looked at in that run: an edit lands in the worktree; USD that are told; the next turn of a session; an edit that is asked for and denied; an edit that is asked for and allowed; an edit outside of the worktree; an edit by who may only read; the model refuses (400); a wrong key (401); a spent quota (429); when the quota is there again; an overloaded model (503, once); a turn is interrupted; kill −9 in a turn of a session; a session that it has lost; three at once, three worktrees; left after close(); left after kill −9 of us, and a sweep.
    "
  `)
})

test('a run of one CLI leaves what is said of the others, in the order of the pins', () => {
  const [a, b] = [cli('a', [fact('a', 'pooled', 'all')]), cli('b', [fact('b', 'pooled', 'all')])]
  const page = mergePage(mergePage(head, [b], ['a', 'b']), [a], ['a', 'b'])
  expect(page.match(/^#.*/gm)).toEqual(['# Real CLIs', '## a 1.2.3', '## b 1.2.3'])
  expect(mergePage(page, [{ ...a, version: '2.0.0' }], ['a', 'b'])).toBe(page.replace('a 1.2.3', 'a 2.0.0'))
})

test('a CLI that is no longer pinned goes', () => {
  const page = mergePage(head, [cli('old', [])], ['old'])
  expect(mergePage(page, [], ['new'])).toBe(head)
})
