import { chance } from './platform/surroundings.ts'

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A ULID: 48 bits of time, 80 of chance, so that ids sort by the time they were made. */
export function newRunId(now: number): string {
  let time = ''
  for (let left = now, i = 0; i < 10; i++, left = Math.floor(left / 32)) time = alphabet[left % 32] + time
  const rest = [...chance(16)].map((byte) => alphabet[byte % 32]).join('')
  return time + rest
}
