import type { TextTransform } from './text-transform.ts'

/** How a sanitiser treats what moves the cursor. */
export interface TerminalSanitizerOptions {
  /** Keep the colours and weights that tools write (`ESC [ … m`). @default false */
  readonly keepColors?: boolean
}

/** Longer sequences than this are no longer held back: what follows is shown as text would be. */
const maxSequence = 4096

/**
 * Takes out of text whatever speaks to a terminal rather than to a reader: escape sequences of every kind (CSI, OSC,
 * DCS, APC, PM, SOS, character sets), control characters, marks that reorder text. A lone `\r` becomes a line feed,
 * so that a progress bar is a list of lines and nothing can write over what was said. Sequences may be split anywhere.
 */
export function terminalSanitizer({ keepColors = false }: TerminalSanitizerOptions = {}): TextTransform {
  let state: State = 'text'
  let sequence = ''
  let wasReturn = false

  function step(char: string): string {
    switch (state) {
      case 'text':
        return fromText(char)
      case 'escape':
        return fromEscape(char)
      case 'intermediate':
        // ESC ( B and its like: intermediates, then one final character.
        if (!isBetween(char, 0x20, 0x2f)) state = 'text'
        return isBetween(char, 0x20, 0x7e) ? '' : restart(char)
      case 'control':
        return fromControl(char)
      case 'string':
        return fromString(char)
      case 'string-escape':
        // Anything but ST: the terminal gives the string up, and a new sequence begins.
        if (char !== '\\') return fromEscape(char)
        state = 'text'
        return ''
    }
  }

  function fromText(char: string): string {
    if (char === '\u001b') return enter('escape')
    if (char === '\u009b') return enter('control')
    if ('\u0090\u0098\u009d\u009e\u009f'.includes(char)) return enter('string')
    if (char === '\r') {
      wasReturn = true
      return ''
    }
    const before = wasReturn ? '\n' : ''
    wasReturn = false
    if (char === '\n') return '\n'
    return before + (isHidden(char) ? '' : char)
  }

  function fromEscape(char: string): string {
    if (char === '[') return enter('control')
    if ('PX]^_'.includes(char)) return enter('string')
    if (isBetween(char, 0x20, 0x2f)) return enter('intermediate')
    state = 'text'
    return isBetween(char, 0x30, 0x7e) ? '' : restart(char)
  }

  function fromControl(char: string): string {
    if (isBetween(char, 0x20, 0x3f) && sequence.length < maxSequence) {
      sequence += char
      return ''
    }
    state = 'text'
    if (char === 'm' && keepColors && /^[\d;:]*$/.test(sequence)) {
      const before = wasReturn ? '\n' : ''
      wasReturn = false
      return `${before}\u001b[${sequence}m`
    }
    return isBetween(char, 0x40, 0x7e) ? '' : restart(char)
  }

  /** To BEL or ST; a string without an end must not swallow what a tool says for ever. */
  function fromString(char: string): string {
    if (char === '\u0007' || char === '\u009c' || char === '\u0018' || char === '\u001a') state = 'text'
    else if (char === '\u001b') state = 'string-escape'
    else if ((sequence += char).length > maxSequence) state = 'text'
    return ''
  }

  function enter(next: State): string {
    state = next
    sequence = ''
    return ''
  }

  function restart(char: string): string {
    state = 'text'
    return fromText(char)
  }

  return {
    push(text) {
      // Nearly all text is plain: it is passed on in runs.
      let out = ''
      let start = 0
      while (start < text.length) {
        if (state === 'text' && !wasReturn) {
          special.lastIndex = start
          const next = special.exec(text)?.index ?? text.length
          out += text.slice(start, next)
          start = next
          if (start === text.length) break
        }
        out += step(text[start]!)
        start++
      }
      return out
    },
    end() {
      const rest = wasReturn ? '\n' : ''
      state = 'text'
      sequence = ''
      wasReturn = false
      return rest
    },
  }
}

/** Text without what speaks to a terminal, where all of it is there at once. */
export function sanitizeTerminalText(text: string, options: TerminalSanitizerOptions = {}): string {
  const sanitizer = terminalSanitizer(options)
  return sanitizer.push(text) + sanitizer.end()
}

type State = 'text' | 'escape' | 'intermediate' | 'control' | 'string' | 'string-escape'

/** Control characters but for tab and line feed, and the marks that reorder text. */
const hidden =
  '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]'
const special = new RegExp(hidden, 'g')
const isHiddenPattern = new RegExp(hidden)

function isHidden(char: string): boolean {
  return isHiddenPattern.test(char)
}

function isBetween(char: string, low: number, high: number): boolean {
  const code = char.charCodeAt(0)
  return code >= low && code <= high
}
