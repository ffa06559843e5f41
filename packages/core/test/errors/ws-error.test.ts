import { describe, expect, it } from 'vitest'
import { isWsError, WsError } from '../../src/errors/ws-error.ts'

describe('WsError', () => {
  it('survives JSON with its code, details and hint, and is recognised by its code', () => {
    const error = new WsError('WS_X', 'it is so', {
      details: { a: 1 },
      hint: 'do that',
      cause: new Error('y'),
    })
    expect(error.cause).toMatchObject({ message: 'y' })
    const json: unknown = JSON.parse(JSON.stringify(error))
    expect(json).toEqual({
      name: 'WsError',
      code: 'WS_X',
      message: 'it is so',
      details: { a: 1 },
      hint: 'do that',
    })
    expect(isWsError(json)).toBe(true)
    expect(isWsError(json, 'WS_X')).toBe(true)
    expect(isWsError(json, 'WS_Y')).toBe(false)
  })

  it('needs neither details, hint nor cause', () => {
    const error = new WsError('WS_X', 'it is so')
    expect(error.toJSON()).toEqual({ name: 'WsError', code: 'WS_X', message: 'it is so', details: {} })
    expect('cause' in error).toBe(false)
  })

  it.each([
    undefined,
    null,
    'WS_X',
    { code: 'WS_X' },
    { details: {} },
    { code: 1, details: {} },
    { code: 'EPIPE', details: {} },
  ])('is not %o', (value) => {
    expect(isWsError(value)).toBe(false)
  })
})
