/**
 * What a `.cmd` file that a package manager wrote starts, relative to the folder it lies in; `undefined` for any
 * other batch file. Such a file ends in one line with the script's path behind `%~dp0` or `%dp0%`, and `%*`.
 */
export function scriptOfShim(text: string): string | undefined {
  const starts = text.split(/\r?\n/).filter((line) => line.includes('%*'))
  const found = starts.flatMap((line) =>
    [...line.matchAll(/"%(?:~dp0|dp0%)\\?([^"]+)"/g)].map(([, path = '']) => path),
  )
  const path = found.findLast((each) => !/(^|\\)node(\.exe)?$/i.test(each))
  return path !== undefined && /\.(m?js|cjs|exe)$/i.test(path) ? path : undefined
}
