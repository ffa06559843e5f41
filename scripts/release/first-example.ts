/** The first TypeScript block of a page, or undefined. */
export function firstExample(markdown: string): string | undefined {
  return /^```ts\n(.*?)^```$/ms.exec(markdown.replaceAll('\r\n', '\n'))?.[1]
}
