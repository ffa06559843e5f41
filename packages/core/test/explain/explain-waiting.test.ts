import { describe, expect, it } from 'vitest'
import { explainWaiting } from '../../src/explain/explain-waiting.ts'
import type { Waiting } from '../../src/explain/waiting.ts'

const at = Date.UTC(2026, 4, 1, 10, 30)

describe('explainWaiting', () => {
  it('says each kind so that it can stand after "waits:"', () => {
    const kinds: { readonly [For in Waiting['for']]: Extract<Waiting, { for: For }> } = {
      task: { for: 'task', taskId: 'n1', state: 'RUNNING' },
      landing: { for: 'landing', workstream: 'run/a', state: 'RUNNING' },
      round: { for: 'round', round: 2 },
      retry: { for: 'retry', at },
      base: { for: 'base', workstream: 'run/a' },
      claim: { for: 'claim', holder: 'run/a', path: 'src/x.ts' },
      barrier: { for: 'barrier', waiter: 'run/a', path: 'src/x.ts' },
      order: { for: 'order', workstream: 'run/a' },
      workstream: { for: 'workstream', taskId: 'n1' },
      landings: { for: 'landings', bound: 'run', limit: 1, landing: ['run/a'] },
      resource: {
        for: 'resource',
        resource: 'cpu',
        bound: 'repository',
        limit: 4,
        used: 3,
        wants: 2,
        usedBy: [
          { runId: 'run', taskId: 'n1' },
          { runId: 'two', taskId: 'n2' },
        ],
      },
      turn: { for: 'turn', resource: 'cpu', keptFor: { runId: 'run', taskId: 'n1' } },
      tool: { for: 'tool', tool: 'aider', health: 'missing' },
      throttle: { for: 'throttle', tool: 'aider', limit: 1, raiseAt: at },
      quota: { for: 'quota', account: 'acme', until: at },
      probe: { for: 'probe', account: 'acme' },
      host: { for: 'host', labels: ['tool/aider', 'env/one'] },
      budget: { for: 'budget', scope: 'run/run', wantsUsd: 1, spentUsd: 3, reservedUsd: 0.5, limitUsd: 4 },
      resume: { for: 'resume', pause: 'user' },
      person: { for: 'person' },
      approval: { for: 'approval', workstream: 'run/a' },
      queue: { for: 'queue', workstream: 'run/a' },
    }
    expect(Object.values(kinds).map((each) => explainWaiting(each, 'run'))).toMatchInlineSnapshot(`
      [
        "it needs task "n1", which is RUNNING",
        "workstream "a" must land first, which is RUNNING",
        "round 2 of its workstream begins when the one before has ended",
        "it is tried again from 2026-05-01 10:30:00 UTC on",
        "workstream "a", which it builds on, was lost; it waits for a person to retry, release or discard that",
        "workstream "a" holds src/x.ts",
        "workstream "a" has waited too long for src/x.ts and goes first",
        "with its claims taken now, it and workstream "a" could wait for each other",
        "its workstream runs task "n1", and one task at a time",
        "no more than 1 may be landing in the run: workstream "a"",
        "it wants 2 of "cpu", of which 3 of 4 in the repository are used by task "n1" and task "n2" of run "two"",
        "what is free of "cpu" is kept for task "n1", which was passed too often",
        "tool "aider" is missing",
        "tool "aider" was rate-limited to 1 at a time until 2026-05-01 10:30:00 UTC",
        "account "acme" has no quota left until 2026-05-01 10:30:00 UTC",
        "account "acme" is being tried again with one attempt",
        "no host offers tool/aider and env/one",
        "it wants $1.00 in the budget of run "run", where $3.00 of $4.00 is spent and $0.50 reserved",
        "its run is paused: a person paused it (\`ws resume\`)",
        "a person does it, and says so with \`ws done\`",
        "workstream "a" waits for approval to land (\`ws merge approve\`)",
        "workstream "a" is in the merge queue",
      ]
    `)
  })

  it('says what is particular about one', () => {
    const variants: readonly Waiting[] = [
      { for: 'claim', holder: 'two/a', path: 'src/x.ts' },
      { for: 'landings', bound: 'repository', limit: 1, landing: ['two/a'] },
      { for: 'host', labels: [] },
      { for: 'resource', resource: 'cpu', bound: 'run', limit: 4, used: 0, wants: 2, usedBy: [] },
      {
        for: 'budget',
        scope: 'user/ada/20574',
        wantsUsd: 1,
        spentUsd: 3,
        reservedUsd: 0.004,
        limitUsd: 4,
        until: at,
      },
    ]
    expect(variants.map((each) => explainWaiting(each))).toMatchInlineSnapshot(`
      [
        "workstream "a" of run "two" holds src/x.ts",
        "no more than 1 may be landing in the repository: workstream "a" of run "two"",
        "no host offers anything",
        "it wants 2 of "cpu", of which 0 of 4 in the run are used",
        "it wants $1.00 in the budget of user "ada" on 2026-05-01, where $3.00 of $4.00 is spent and $0.0040 reserved, until 2026-05-01 10:30:00 UTC",
      ]
    `)
  })
})
