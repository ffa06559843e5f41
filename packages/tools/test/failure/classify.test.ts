import { describe, expect, test } from 'vitest'
import { classifyError, failureOf, shorten } from '../../src/failure/classify.ts'

describe('an error of a tool or its service', () => {
  test.each([
    [{ message: 'insufficient_quota: You exceeded your current quota', status: 429 }, 'quota-exhausted'],
    [{ message: 'Your credit balance is too low to access the API' }, 'quota-exhausted'],
    [{ message: 'Claude AI usage limit reached|1795268720' }, 'quota-exhausted'],
    [
      { message: 'You have exhausted your capacity on this model. Your quota will reset after 3h22m10s.' },
      'quota-exhausted',
    ],
    [{ status: 402 }, 'quota-exhausted'],
    [{ message: 'Rate limit reached for requests' }, 'rate-limited'],
    [{ message: 'exceeded retry limit, last status: 429 Too Many Requests' }, 'rate-limited'],
    [{ status: 429 }, 'rate-limited'],
    [{ message: 'too much at once\nSuggested retry after 60s.' }, 'rate-limited'],
    [{ message: 'prompt is too long: 210000 tokens > 200000 maximum', status: 400 }, 'context-exceeded'],
    [{ message: 'This model has a maximum context length of 128000 tokens' }, 'context-exceeded'],
    [{ status: 413 }, 'context-exceeded'],
    [{ message: 'Invalid API key · Please run /login' }, 'auth'],
    [{ message: 'API Error: 401 {"type":"error"}' }, 'auth'],
    [{ status: 403 }, 'auth'],
    [{ message: 'API Error: 529 Overloaded' }, 'overloaded'],
    [{ message: 'stream error: http 503' }, 'overloaded'],
    [{ status: 500 }, 'overloaded'],
    [{ message: 'No capacity available for model x on the server' }, 'overloaded'],
    [{ message: 'connect ECONNREFUSED 127.0.0.1:1' }, 'infrastructure'],
    [{ message: 'write ENOSPC: no space left on device' }, 'infrastructure'],
    [{ message: 'Output blocked by content filtering policy', status: 400 }, 'refused'],
    [{ message: 'The model `x` does not exist', status: 404 }, 'refused'],
    [{ status: 400 }, 'refused'],
  ])('%j is %s', (facts, reason) => {
    expect(classifyError(facts)?.reason).toBe(reason)
  })

  test('stays unknown where no rule fits: line numbers and sizes are no status codes', () => {
    expect(classifyError({ message: 'wrote 429 lines to file 500.txt' })).toBeUndefined()
  })

  test('is judged by the rules of its tool first', () => {
    const rules = [{ code: ['serverOverloaded'], reason: 'overloaded' as const }]
    expect(classifyError({ code: 'serverOverloaded', status: 400 }, { rules })?.reason).toBe('overloaded')
  })

  test('needs every condition of a rule to hold', () => {
    const rules = [{ exitCode: [55], pattern: 'trust', reason: 'infrastructure' as const }]
    expect(classifyError({ exitCode: 55, message: 'trust' }, { rules })?.reason).toBe('infrastructure')
    expect(classifyError({ exitCode: 55, message: 'other' }, { rules })).toBeUndefined()
  })

  test('says when a limit ends, as a moment or from now', () => {
    expect(classifyError({ message: 'usage limit reached|1795268720' })).toEqual({
      reason: 'quota-exhausted',
      resetAt: 1_795_268_720_000,
    })
    expect(
      classifyError({ message: 'Rate limit reached. Please try again in 1m30.5s.' }, { now: 1_000 }),
    ).toEqual({
      reason: 'rate-limited',
      resetAt: 91_500,
    })
    expect(classifyError({ message: 'Rate limit reached. Please try again in 2s.' })).toEqual({
      reason: 'rate-limited',
    })
  })

  test('names what was spent where a limit of money ended it', () => {
    const rules = [{ code: ['error_max_budget_usd'], reason: 'over-reservation' as const }]
    const spending = { spentUsd: 3.015, reservedUsd: 0.5 }
    expect(classifyError({ code: 'error_max_budget_usd' }, { rules, spending })).toEqual({
      reason: 'over-reservation',
      ...spending,
    })
  })

  test('is not read to its end where it is endless', () => {
    const message = `${'a'.repeat(5_000_000)} rate limit`
    expect(classifyError({ message })).toBeUndefined()
    expect(failureOf('crashed', { message })).toMatchObject({ detail: expect.stringMatching(/^a{499}…$/) })
  })

  test('is one short line in what is kept of it', () => {
    expect(shorten('  two\n\tlines  ')).toBe('two lines')
    expect(failureOf('crashed', { status: 418 })).toEqual({
      reason: 'crashed',
      detail: 'the service answered 418',
    })
  })
})
