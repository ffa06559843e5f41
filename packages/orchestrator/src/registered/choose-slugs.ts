import { nearestName, WsError } from '@ws/core'
import type { RegisteredWorkstream } from '@ws/store/records'

/**
 * The active workstreams that are meant, in the order in which they were made; `*` stands for any text, `?` for a
 * character.
 * @throws `WS_SLUG_UNKNOWN` for names that nothing active has, all of them at once, each with the nearest one
 */
export function chooseSlugs(
  patterns: readonly string[],
  registered: readonly RegisteredWorkstream[],
): readonly RegisteredWorkstream[] {
  const active = registered.filter(({ isActive }) => isActive)
  // Everything there is may be nothing.
  const unknown = patterns.filter(
    (pattern) => pattern !== '*' && !active.some(({ slug }) => matches(pattern, slug)),
  )
  if (unknown.length > 0) throw slugUnknown(unknown, registered)
  return active.filter(({ slug }) => patterns.some((pattern) => matches(pattern, slug)))
}

function slugUnknown(unknown: readonly string[], registered: readonly RegisteredWorkstream[]): WsError {
  const slugs = registered.flatMap(({ slug, isActive }) => (isActive ? [slug] : []))
  const said = unknown.map((name) => {
    const ended = registered.findLast(({ slug }) => slug === name)
    if (ended !== undefined) return `workstream "${name}" is ${ended.status}`
    const nearest = nearestName(name, slugs)
    return `no active workstream is called "${name}"${nearest === undefined ? '' : `; did you mean "${nearest}"?`}`
  })
  return new WsError('WS_SLUG_UNKNOWN', said.join('\n'), {
    details: { unknown, slugs },
    hint:
      slugs.length === 0
        ? 'there is none: ws new <slug> keeps one; a prompt is quoted, and has a space in it'
        : `active are ${slugs.slice(0, 12).join(', ')}${slugs.length > 12 ? ' …' : ''}`,
  })
}

function matches(pattern: string, slug: string): boolean {
  const source = pattern
    .replaceAll(/[^\w*?-]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`).test(slug)
}
