import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteTail } from '../../src/process/byte-tail.ts'
import { textCleaner } from '../../src/process/clean-text.ts'
import { secretsIn, toolEnvironment } from '../../src/process/environment.ts'
import { OutputQueue } from '../../src/process/output-queue.ts'

describe('the environment of a tool', () => {
  const inherited = {
    PATH: '/bin',
    Path: 'C:\\',
    HOME: '/home/me',
    LC_ALL: 'C',
    https_proxy: 'http://proxy',
    SSH_AUTH_SOCK: '/run/agent',
    NODE_EXTRA_CA_CERTS: '/ca.pem',
    ANTHROPIC_API_KEY: 'sk-1234567890',
    AWS_SECRET_ACCESS_KEY: 'aws',
    WS_INSTANCE: 'outer',
    NODE_OPTIONS: '--inspect',
    GONE: undefined,
  }

  test('is what every program needs, what the launch names, and what is set', () => {
    const env = toolEnvironment({
      inherited,
      passEnv: ['ANTHROPIC_API_KEY', 'GONE'],
      set: [{ A: '1', HOME: '/a' }, { A: '2' }],
    })
    expect(env).toEqual({
      PATH: '/bin',
      Path: 'C:\\',
      HOME: '/a',
      LC_ALL: 'C',
      https_proxy: 'http://proxy',
      SSH_AUTH_SOCK: '/run/agent',
      NODE_EXTRA_CA_CERTS: '/ca.pem',
      ANTHROPIC_API_KEY: 'sk-1234567890',
      TERM: 'dumb',
      NO_COLOR: '1',
      A: '2',
    })
  })

  test('has secrets by their names, and by what was passed on', () => {
    const env = {
      HOME: '/home/me/here',
      MY_TOKEN: 'tok',
      OPENAI_API_KEY: 'key',
      PROVIDER: 'abcdefghijklmnopqr',
      BASE: 'https://a.example/v1',
    }
    expect(secretsIn(env, ['HOME', 'PROVIDER', 'BASE']).toSorted()).toEqual([
      'abcdefghijklmnopqr',
      'key',
      'tok',
    ])
  })
})

test('texts lose secrets and what speaks to a terminal, and are otherwise themselves', () => {
  const clean = textCleaner(['', 'short', 'my-own-password'])
  expect(clean('a short text\n\twith tabs')).toBe('a short text\n\twith tabs')
  expect(clean('it is my-own-password.')).toBe('it is [secret].')
  expect(clean('\u001b]0;title\u0007red \u001b[31mx\u001b[0m\u202e')).toBe('red x')
  expect(clean(`key sk-${'a1'.repeat(20)}`)).toBe('key [secret]')
})

describe('the tail of a stream', () => {
  test('is the end of what came, in whatever pieces', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 40 })),
        fc.integer({ min: 1, max: 64 }),
        (texts, limit) => {
          const tail = new ByteTail(limit)
          for (const text of texts) tail.push(Buffer.from(text))
          const whole = Buffer.from(texts.join(''))
          const text = tail.text()
          expect(tail.total).toBe(Buffer.concat(texts.map((each) => Buffer.from(each))).length)
          if (whole.length <= limit) expect(text).toBe(whole.toString())
          else expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit * 3)
        },
      ),
      { numRuns: 50 },
    )
  })

  test('keeps whole characters, and little of many tiny pieces', () => {
    const tail = new ByteTail(5)
    tail.push(Buffer.from('aéé!'))
    expect(tail.text()).toBe('éé!')
    const cut = new ByteTail(4)
    cut.push(Buffer.from('aéé!'))
    expect(cut.text()).toBe('é!')
    const long = new ByteTail(100_000)
    for (let piece = 0; piece < 5_000; piece++) long.push(Buffer.from('xy'))
    expect([long.text().length, long.total]).toEqual([10_000, 10_000])
  })
})

describe('the queue of output', () => {
  const source = () => {
    const calls: string[] = []
    return { calls, pause: () => calls.push('pause'), resume: () => calls.push('resume') }
  }
  const megabyte = new Uint8Array(1_048_576)

  test('pauses its source while too much waits, and not for a reader that keeps up', async () => {
    const from = source()
    const queue = new OutputQueue(from)
    const reader = queue[Symbol.asyncIterator]()
    const first = reader.next()
    queue.push(megabyte)
    expect((await first).value).toBe(megabyte)
    expect(from.calls).toEqual([])
    queue.push(megabyte)
    expect([from.calls, queue.waitingBytes]).toEqual([['pause'], megabyte.length])
    await reader.next()
    expect(from.calls).toEqual(['pause', 'resume'])
  })

  test('is drained when the last of it was taken, or nobody will', async () => {
    const read = new OutputQueue(source())
    const reader = read[Symbol.asyncIterator]()
    read.push(megabyte)
    read.end()
    read.push(megabyte)
    let isDrained = false
    void read.drained.then(() => (isDrained = true))
    await Promise.resolve()
    expect(isDrained).toBe(false)
    await reader.next()
    await read.drained
    expect(await reader.next()).toEqual({ done: true, value: undefined })

    const unread = new OutputQueue(source())
    unread.push(megabyte)
    unread.end()
    await unread.drained

    const from = source()
    const left = new OutputQueue(from)
    left.push(megabyte)
    await left[Symbol.asyncIterator]().return?.()
    left.push(megabyte)
    await left.drained
    expect([from.calls, left.waitingBytes]).toEqual([['pause', 'resume'], 0])
  })

  test('ends a reader that waits', async () => {
    const queue = new OutputQueue(source())
    const next = queue[Symbol.asyncIterator]().next()
    queue.end()
    expect(await next).toEqual({ done: true, value: undefined })
    await queue.drained
  })
})
