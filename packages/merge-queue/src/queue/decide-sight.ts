import { levelAt } from './entry-order.ts'
import type { QueueEvent } from './queue-event.ts'
import type { QueueOutcome, TargetSight } from './queue-input.ts'
import type { EntrySpec } from './queue-spec.ts'
import type { EntryState, QueueState, TargetState } from './queue-state.ts'

/** What follows from how a target was seen to stand. */
export function* seeTarget(
  state: QueueState,
  { target: name, sight }: Extract<QueueOutcome, { type: 'target.observed' }>,
  now: number,
): Generator<QueueEvent> {
  const target = state.targets.get(name)
  // While a landing is under way it is looked at again when that has ended.
  if (target === undefined || target.landing !== undefined) return
  if (target.adopt !== undefined) {
    if (sight.kind === 'rewound') return yield* rewind(target, sight)
    if (sight.landed !== target.adopt) return
  }
  if (sight.kind === 'deleted') {
    if (!target.freezes.has('deleted'))
      yield { type: 'target.frozen', target: name, because: { reason: 'deleted', landed: sight.landed } }
    return
  }
  if (target.landed !== sight.landed) {
    if (target.past.includes(sight.landed) && target.landed !== undefined) return
    yield {
      type: 'target.moved',
      target: name,
      ...(target.landed === undefined ? {} : { from: target.landed }),
      to: sight.landed,
    }
  }
  switch (sight.kind) {
    case 'followed':
      if (target.held !== undefined) yield { type: 'target.followed', target: name, landed: sight.landed }
      return yield* withdraw(state, target)
    case 'held': {
      const { landed, where, paths } = sight
      const isNew = target.held?.where !== where || target.held?.paths.join('\n') !== paths.join('\n')
      if (isNew) yield { type: 'target.held', target: name, landed, where, paths }
      return
    }
    case 'advanced':
      return yield* takeIn(state, target, sight.head, now)
    case 'rewound':
      return yield* rewind(target, sight)
  }
}

function* rewind(
  target: TargetState,
  sight: Extract<TargetSight, { kind: 'rewound' }>,
): Generator<QueueEvent> {
  const { landed, head } = sight
  const known = target.freezes.get('rewound')
  if (known?.reason === 'rewound' && known.head === head) return
  // The branch that was to be taken as it stood stands elsewhere by now: what was landed still counts.
  if (target.landed === undefined) yield { type: 'target.moved', target: target.name, to: landed }
  yield { type: 'target.frozen', target: target.name, because: { reason: 'rewound', landed, head } }
}

/** The entry for what persons committed on the target, if there is one that has not landed. */
function personEntry(state: QueueState, target: TargetState): EntryState | undefined {
  for (const entry of target.live) if (entry.spec.kind === 'person') return entry
  const failed = target.freezes.get('person-failed')
  return failed?.reason === 'person-failed' ? state.entries.get(failed.entryId) : undefined
}

/** The branch holds nothing that was not landed (any more). */
function* withdraw(state: QueueState, target: TargetState): Generator<QueueEvent> {
  const person = personEntry(state, target)
  if (person !== undefined) yield { type: 'landing.cancelled', entryId: person.id, because: 'withdrawn' }
}

/** A person's commits are an entry before all others: whatever lands is built on them. */
function* takeIn(state: QueueState, target: TargetState, head: string, now: number): Generator<QueueEvent> {
  const person = personEntry(state, target)
  if (person !== undefined) {
    if (person.spec.commit !== head) yield { type: 'landing.updated', entryId: person.id, commit: head }
    return
  }
  const id = `person/${target.name}/${head}`
  const known = state.entries.get(id)
  if (known !== undefined) {
    if (known.phase.state !== 'MERGED') yield { type: 'landing.requeued', entryId: id }
    return
  }
  const { checks, personChecks } = state.settings
  const entry: EntrySpec = {
    id,
    kind: 'person',
    branch: target.name,
    commit: head,
    target: target.name,
    level: 0,
    after: [],
    checks: personChecks ?? checks.map(({ name }) => name),
    advisory: [],
    afterwards: [],
    approve: 'auto',
    method: 'merge',
  }
  yield { type: 'landing.queued', entry, level: levelAt(0, now) }
}
