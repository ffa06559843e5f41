import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Line, LineFramer } from '../../src/wire/line-framer.ts'

const encoder = new TextEncoder()

function frame(pieces: readonly Uint8Array[], maxLineBytes?: number): Line[] {
  const framer = new LineFramer(maxLineBytes === undefined ? {} : { maxLineBytes })
  return [...pieces.flatMap((piece) => [...framer.push(piece)]), ...framer.end()]
}

function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const cuts = [
    0,
    ...places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b),
    bytes.length,
  ]
  return cuts.slice(1).map((cut, index) => bytes.slice(cuts[index], cut))
}

const texts = fc
  .array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\n', '\r\n', '\r', '', 'é€😀', '\0')))
  .map((parts) => parts.join(''))

const places = fc.array(fc.nat(), { maxLength: 20 })

test('gives the same lines wherever the bytes are cut', () => {
  fc.assert(
    fc.property(texts, places, (text, cuts) => {
      const bytes = encoder.encode(text)
      expect(frame(cutAt(bytes, cuts))).toEqual(frame([bytes]))
    }),
  )
})

test('gives each line without its end, and the last one without an end too', () => {
  const lines = frame([encoder.encode('one\r\ntwo\n\nfour')]).map((line) => line.kind === 'line' && line.text)
  expect(lines).toEqual(['one', 'two', '', 'four'])
})

test('keeps a character whole that arrives byte by byte', () => {
  const bytes = encoder.encode('a 😀 b\n')
  const pieces = Array.from(bytes, (byte) => Uint8Array.of(byte))
  expect(frame(pieces)).toEqual([{ kind: 'line', text: 'a 😀 b' }])
})

test('never holds more than the longest line, and tells a longer one by its size', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 40 })), places, (sizes, cuts) => {
      const text = sizes.map((size) => `${'x'.repeat(size)}\n`).join('')
      const framer = new LineFramer({ maxLineBytes: 16 })
      const lines: Line[] = []
      for (const piece of cutAt(encoder.encode(text), cuts)) {
        lines.push(...framer.push(piece))
        expect(framer.heldBytes).toBeLessThanOrEqual(17)
      }
      const said = lines.map((line) => (line.kind === 'line' ? line.text.length : -line.bytes))
      expect(said).toEqual(sizes.map((size) => (size <= 16 ? size : -size)))
    }),
  )
})

test('allows the end of a line beyond its longest text', () => {
  expect(frame([encoder.encode('1234\r\n12345\n')], 4)).toEqual([
    { kind: 'line', text: '1234' },
    { kind: 'too-long', bytes: 5 },
  ])
})

test('does not care what becomes of a piece that it was given', () => {
  const framer = new LineFramer()
  const piece = encoder.encode('half')
  expect([...framer.push(piece)]).toEqual([])
  piece.fill(0)
  expect([...framer.push(encoder.encode(' done\n'))]).toEqual([{ kind: 'line', text: 'half done' }])
})
