import { expect, test } from 'vitest'
import { findSecrets } from '../../src/guardrails/find-secrets.ts'

const kindOf = (text: string) => findSecrets([{ path: 'a', line: 1, text }])[0]?.kind

// Written in halves: what looks like a secret in a repository is found by those who look for them.
test.each([
  ['-----BEGIN RSA ' + 'PRIVATE KEY-----', 'private key'],
  ['-----BEGIN ' + 'PRIVATE KEY-----', 'private key'],
  ['aws = "AKIA' + 'IOSFODNN7EXAMPLE"', 'AWS access key'],
  ['token: ghp_' + 'a'.repeat(36), 'GitHub token'],
  ['github_pat_' + 'B'.repeat(50), 'GitHub token'],
  ['glpat-' + 'x'.repeat(20), 'GitLab token'],
  ['xoxb-' + '1234567890-abc', 'Slack token'],
  ['sk_live_' + 'q'.repeat(24), 'Stripe key'],
  ['AIza' + 'S'.repeat(35), 'Google API key'],
  ['sk-ant-' + 'api03-abcdefghijklmnop', 'Anthropic key'],
  ['sk-proj-' + 'a'.repeat(40), 'OpenAI key'],
  ['npm_' + 'Z'.repeat(36), 'npm token'],
  ['pypi-' + 'a'.repeat(60), 'PyPI token'],
  ['postgres://app:' + 'hunter2hunter@db.internal/app', 'password in an address'],
])('%j is a secret', (text, kind) => {
  expect(kindOf(text)).toBe(kind)
})

test.each([
  'const key = process.env.AWS_KEY',
  'postgres://app:${PASSWORD}@db/app',
  'postgres://app:<password>@db/app',
  'https://example.com/a:b@c',
  'sk-short',
  'AKIA is a prefix',
  'sha512-abcdefghijklmnopqrstuvwxyz',
])('%j is none', (text) => {
  expect(kindOf(text)).toBeUndefined()
})

test('a secret is named by place and kind, never by what it is', () => {
  const found = findSecrets([{ path: 'src/a.ts', line: 7, text: 'npm_' + 'Z'.repeat(36) }])
  expect(found).toEqual([{ path: 'src/a.ts', line: 7, kind: 'npm token' }])
})
