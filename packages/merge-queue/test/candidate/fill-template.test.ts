import { expect, it } from 'vitest'
import { fillTemplate } from '../../src/candidate/fill-template.ts'

it('fills each name once, and looks for none in what it fills in', () => {
  const facts = { branch: '{id}', target: 'main', id: '$1', subject: 'a {body}', body: 'b' }
  expect(fillTemplate('{branch} {target} {id} {subject}: {body} {other} {}', facts)).toBe(
    '{id} main $1 a {body}: b {other} {}',
  )
})
