import { sanitizeTerminalText } from '@ws/tools'

/** Text of others as it may be shown: it cannot speak to the terminal, and unless told otherwise it stays in its line. */
export function plainText(
  text: string,
  { keepsLines = false }: { readonly keepsLines?: boolean } = {},
): string {
  const safe = sanitizeTerminalText(text)
  return keepsLines ? safe : safe.replaceAll(/\s+/g, ' ').trim()
}
