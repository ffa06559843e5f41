import type { Candidate, CompletionTable } from './completion-table.ts'

/** The shells that there is a completion for, each with what makes it. */
export const shells: Readonly<Record<string, (table: CompletionTable) => string>> = {
  bash,
  zsh,
  fish,
  powershell,
}

/** A text in single quotes of a POSIX shell. */
const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

const list = (candidates: readonly Candidate[]) => candidates.map(({ word }) => word).join(' ')

const groupsOf = ({ words }: CompletionTable) => [...words.keys()].filter((before) => before !== '')

function bash(table: CompletionTable): string {
  const { words, options } = table
  const ofGroups = groupsOf(table).map(
    (name) => `    ${quote(name)}) words=${quote(list(words.get(name) ?? []))} ;;`,
  )
  const ofOptions = [...options].map(([name, own]) => `    ${quote(name)}) options=${quote(list(own))} ;;`)
  return `# ws in bash: eval "$(ws completions bash)"
_ws() {
  local current="\${COMP_WORDS[COMP_CWORD]}" first="\${COMP_WORDS[1]}" name words='' options=''
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quote(list(words.get('') ?? []))} -- "$current"))
    return
  fi
  case "$first" in
${ofGroups.join('\n')}
  esac
  if [ -n "$words" ] && [ "$COMP_CWORD" -eq 2 ] && [[ "$current" != -* ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    return
  fi
  name="$first"
  if [ -n "$words" ]; then name="$first \${COMP_WORDS[2]}"; fi
  case "$name" in
${ofOptions.join('\n')}
  esac
  if [[ "$current" == -* ]]; then COMPREPLY=($(compgen -W "$options" -- "$current"))
  else COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -F _ws ws
`
}

function zsh(table: CompletionTable): string {
  const { words, options } = table
  const described = (candidates: readonly Candidate[]) =>
    candidates.map(({ word, says }) => quote(`${word}:${says.replaceAll(':', '\\:')}`)).join(' ')
  const ofGroups = groupsOf(table).map(
    (name) => `    ${quote(name)}) inside=(${described(words.get(name) ?? [])}) ;;`,
  )
  const ofOptions = [...options].map(([name, own]) => `    ${quote(name)}) own=(${described(own)}) ;;`)
  return `#compdef ws
# ws in zsh: source <(ws completions zsh)
_ws() {
  local first="\${words[2]}" name
  local -a outside inside own
  if (( CURRENT == 2 )); then
    outside=(${described(words.get('') ?? [])})
    _describe 'command' outside
    return
  fi
  name="$first"
  case "$first" in
${ofGroups.join('\n')}
  esac
  if (( \${#inside} )); then
    if (( CURRENT == 3 )); then _describe 'command' inside; return; fi
    name="$first \${words[3]}"
  fi
  case "$name" in
${ofOptions.join('\n')}
  esac
  if [[ "\${words[CURRENT]}" == -* ]]; then _describe 'option' own; else _files; fi
}
# Read as the function _ws itself, from a folder of fpath, it has been asked already.
if [[ "\${funcstack[1]}" == _ws ]]; then _ws "$@"; else compdef _ws ws; fi
`
}

function fish(table: CompletionTable): string {
  const { words, options } = table
  const first = (words.get('') ?? []).map(
    ({ word, says }) => `complete -c ws -f -n __fish_use_subcommand -a ${quote(word)} -d ${fishQuote(says)}`,
  )
  const second = groupsOf(table).flatMap((group) =>
    (words.get(group) ?? []).map(
      ({ word, says }) =>
        `complete -c ws -f -n '__ws_is_group ${group}' -a ${quote(word)} -d ${fishQuote(says)}`,
    ),
  )
  const own = [...options].flatMap(([name, each]) =>
    each.map(
      ({ word, says }) =>
        `complete -c ws -n '__ws_is ${name}' -l ${word.replace(/^--/, '')} -d ${fishQuote(says)}`,
    ),
  )
  return `# ws in fish: ws completions fish | source
function __ws_is
    set -l given (commandline -opc)[2..]
    test (count $given) -lt (count $argv); and return 1
    set -l begins $given[1..(count $argv)]
    test "$begins" = "$argv"
end
function __ws_is_group
    set -l given (commandline -opc)[2..]
    test (count $given) -eq 1; and test "$given[1]" = "$argv[1]"
end
${[...first, ...second, ...own].join('\n')}
`
}

/** In fish a backslash and a quote are the two that need one before them. */
const fishQuote = (text: string) => `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`

function powershell(table: CompletionTable): string {
  const { words, options } = table
  // Texts, not pairs: PowerShell takes a list that holds one list for that list.
  const entry = (before: string, candidates: readonly Candidate[]) =>
    `  ${psQuote(before)} = @(\n${candidates
      .map(({ word, says }) => `    ${psQuote(`${word}|${says}`)}`)
      .join(',\n')}\n  )`
  return `# ws in PowerShell: ws completions powershell | Out-String | Invoke-Expression
$script:wsWords = @{
${[...words].map(([before, candidates]) => entry(before === '' ? 'ws' : before, candidates)).join('\n')}
}
$script:wsOptions = @{
${[...options].map(([name, own]) => entry(name, own)).join('\n')}
}
Register-ArgumentCompleter -Native -CommandName ws -ScriptBlock {
  param($current, $ast, $position)
  $given = @($ast.CommandElements | ForEach-Object { $_.ToString() } | Select-Object -Skip 1)
  if ($current -ne '' -and $given.Count -gt 0) { $given = @($given | Select-Object -SkipLast 1) }
  $found = @()
  if ($given.Count -eq 0) { $found = $script:wsWords['ws'] }
  elseif ($given.Count -eq 1 -and $script:wsWords.ContainsKey($given[0])) { $found = $script:wsWords[$given[0]] }
  else {
    $name = $given[0]
    if ($script:wsWords.ContainsKey($name)) { $name = "$name $($given[1])" }
    if ($script:wsOptions.ContainsKey($name)) { $found = $script:wsOptions[$name] }
  }
  $found | ForEach-Object {
    $word, $says = $_ -split '\\|', 2
    if ($word.StartsWith($current)) {
      [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $says)
    }
  }
}
`
}

/** A text in single quotes of PowerShell. */
function psQuote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
