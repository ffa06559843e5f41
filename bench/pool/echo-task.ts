/** The task that the other pools run, for comparison with the echo tool. Two of them want it as their default export. */
// oxlint-disable-next-line import/no-default-export
export default function echo(text: string): string {
  return text
}
