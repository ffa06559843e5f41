import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withTempDir } from '@ws/testing'
import { describe, expect, test } from 'vitest'
import { type FileFacts, findCommand } from '../../src/process/find-command.ts'
import { scriptOfShim } from '../../src/process/windows-shim.ts'

const npmShim = [
  '@ECHO off',
  'GOTO start',
  ':find_dp0',
  'SET dp0=%~dp0',
  'EXIT /b',
  ':start',
  'SETLOCAL',
  'CALL :find_dp0',
  'IF EXIST "%dp0%\\node.exe" (',
  '  SET "_prog=%dp0%\\node.exe"',
  ') ELSE (',
  '  SET "_prog=node"',
  ')',
  'endLocal & goto #_undefined_# 2>NUL || title %COMSPEC% & "%_prog%"  "%dp0%\\node_modules\\@openai\\codex\\bin\\codex.js" %*',
].join('\r\n')
const pnpmShim =
  '@IF EXIST "%~dp0\\node.exe" (\n  "%~dp0\\node.exe"  "%~dp0\\..\\pi\\cli.mjs" %*\n) ELSE (\n  node  "%~dp0\\..\\pi\\cli.mjs" %*\n)'

describe('finding a program', () => {
  test.skipIf(process.platform === 'win32')(
    'takes the first that exists, from absolute entries of PATH only',
    () =>
      withTempDir((dir) => {
        for (const folder of ['a', 'b', 'here']) mkdirSync(join(dir, folder))
        const program = (path: string) => {
          writeFileSync(join(dir, path), '#!/bin/sh\n')
          chmodSync(join(dir, path), 0o755)
        }
        program('b/two')
        program('b/three')
        program('here/one')
        mkdirSync(join(dir, 'a', 'two'))
        writeFileSync(join(dir, 'a', 'three'), 'not a program')
        const options = { env: { PATH: `.:here:${dir}/a:${dir}/b` }, cwd: dir }
        expect(findCommand(['one', 'two'], options)).toEqual({ file: join(dir, 'b/two'), args: [] })
        expect(findCommand(['three'], options).file).toBe(join(dir, 'b/three'))
        expect(findCommand(['./here/one'], options).file).toBe(join(dir, 'here/one'))
        expect(findCommand([join(dir, 'b/two')], { env: {}, cwd: '/' }).file).toBe(join(dir, 'b/two'))
        expect(() => findCommand(['one', 'four'], options)).toThrow('no program "one" or "four" was found')
      }),
  )

  test.skipIf(process.platform === 'win32')('prefers the native program that a wrapper would start', () =>
    withTempDir((dir) => {
      mkdirSync(join(dir, 'bin'))
      mkdirSync(join(dir, 'lib/vendor'), { recursive: true })
      for (const path of ['lib/wrapper.js', 'lib/vendor/native']) {
        writeFileSync(join(dir, path), '#!/bin/sh\n')
        chmodSync(join(dir, path), 0o755)
      }
      symlinkSync(join(dir, 'lib/wrapper.js'), join(dir, 'bin/tool'))
      const options = { env: { PATH: join(dir, 'bin') }, cwd: dir }
      expect(findCommand(['tool'], { ...options, natives: ['gone', 'vendor/native'] }).file).toBe(
        join(dir, 'lib/vendor/native'),
      )
      expect(findCommand(['tool'], { ...options, natives: ['gone'] }).file).toBe(join(dir, 'bin/tool'))
    }),
  )

  const windows = (files: Readonly<Record<string, string>>): { platform: 'win32'; files: FileFacts } => ({
    platform: 'win32',
    files: {
      isProgram: (file) => file.toLowerCase() in files,
      read: (file) => files[file.toLowerCase()],
      realPath: (file) => file,
    },
  })
  const env = { Path: 'C:\\tools;relative;D:\\npm', PATHEXT: '.EXE;.CMD' }

  test('on Windows tries the endings of PATHEXT, in any case of the names', () => {
    const facts = windows({ 'd:\\npm\\git.exe': '' })
    expect(findCommand(['git'], { env, cwd: 'C:\\', ...facts }).file).toBe('D:\\npm\\git.exe')
    expect(findCommand(['git.exe'], { env, cwd: 'C:\\', ...facts }).file).toBe('D:\\npm\\git.exe')
    expect(findCommand(['D:\\npm\\git'], { env: {}, cwd: 'C:\\', ...facts }).file).toBe('D:\\npm\\git.exe')
    expect(() => findCommand(['node'], { env, cwd: 'C:\\', ...facts })).toThrow('no program "node"')
  })

  test('on Windows looks through a shim instead of asking a shell to run it', () => {
    const script = 'D:\\npm\\node_modules\\@openai\\codex\\bin\\codex.js'
    const shim = { 'd:\\npm\\codex.cmd': npmShim }
    expect(findCommand(['codex'], { env, cwd: 'C:\\', ...windows(shim) })).toEqual({
      file: process.execPath,
      args: [script],
    })
    expect(
      findCommand(['codex'], { env, cwd: 'C:\\', ...windows({ ...shim, 'd:\\npm\\node.exe': '' }) }),
    ).toEqual({
      file: 'D:\\npm\\node.exe',
      args: [script],
    })
    expect(() =>
      findCommand(['x'], { env, cwd: 'C:\\', ...windows({ 'c:\\tools\\x.cmd': 'echo %*' }) }),
    ).toThrow('a batch file that only a shell can run')
    const native = { 'd:\\npm\\claude.cmd': '"%dp0%\\node_modules\\claude\\claude.exe" %*' }
    expect(findCommand(['claude'], { env, cwd: 'C:\\', ...windows(native) })).toEqual({
      file: 'D:\\npm\\node_modules\\claude\\claude.exe',
      args: [],
    })
  })

  test('reads what package managers write, and nothing else', () => {
    expect(scriptOfShim(npmShim)).toBe('node_modules\\@openai\\codex\\bin\\codex.js')
    expect(scriptOfShim(pnpmShim)).toBe('..\\pi\\cli.mjs')
    expect(scriptOfShim('')).toBeUndefined()
    expect(scriptOfShim('"%~dp0\\run.bat" %*')).toBeUndefined()
  })
})
