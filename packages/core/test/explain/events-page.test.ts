import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { explain } from '../../src/explain/explain.ts'
import type { RunEvent } from '../../src/run/run-event.ts'
import { meanings, samples } from './sample-events.ts'

const page = fileURLToPath(new URL('../../../../docs/events.md', import.meta.url))

const head = `# The events of a run

What happened in a repository's runs, in the order of the log. Each event comes in an envelope
\`{ seq, at, event }\`: its number, without a gap through the whole log, and when it was decided, in milliseconds
since 1970. It is published after it was stored. Types are only added to; a changed meaning is a new type.

\`explain(event)\` gives the sentence; the ones below are for example. This page is made by
\`packages/core/test/explain/events-page.test.ts\` (\`vitest -u\` writes it anew).
`

const groups: readonly (readonly [title: string, kinds: readonly string[]])[] = [
  ['Runs', ['run']],
  ['Workstreams', ['workstream']],
  ['Tasks and attempts', ['task', 'attempt']],
  ['Claims', ['claim', 'conflict']],
  ['Landings, as the run sees them', ['landing']],
  ['Money', ['budget', 'quota']],
  ['Tools, hosts, limits, commands', ['tool', 'host', 'disk', 'limits', 'command']],
]

function section([title, kinds]: (typeof groups)[number]): string {
  const events = Object.values(samples).filter(({ type }) => kinds.includes(type.split('.')[0]!))
  return [`## ${title}`, ...events.map(entry)].join('\n\n')
}

function entry(event: RunEvent): string {
  const fields = Object.keys(event).filter((name) => name !== 'type')
  return [
    `### \`${event.type}\``,
    meanings[event.type],
    `> ${explain(event)}`,
    `Fields: ${fields.map((name) => `\`${name}\``).join(', ')}.`,
  ].join('\n\n')
}

describe('docs/events.md', () => {
  it('shows every type of event with its fields and its sentence', async () => {
    const text = [head, ...groups.map(section)].join('\n') + '\n'
    for (const type of Object.keys(samples)) expect(text).toContain(`### \`${type}\``)
    await expect(text.replaceAll('\n## ', '\n\n## ').replace(/\n{3,}/g, '\n\n')).toMatchFileSnapshot(page)
  })
})
