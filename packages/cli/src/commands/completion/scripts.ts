/** The shells that completion scripts exist for. */
export type Shell = "bash" | "zsh" | "fish" | "powershell";

/**
 * A script that teaches a shell to complete a program. All of them ask the program itself (`__complete`), which
 * answers one candidate per line, with its description after a tab, and `:files` or `:nofiles` on the last line.
 */
export const scripts: { readonly [shell in Shell]: (program: string) => string } = { bash, zsh, fish, powershell };

function bash(program: string): string {
  const name = program.replaceAll(/[^A-Za-z0-9_]/g, "_");
  return `# bash completion for ${program}
_${name}_complete() {
  local words=() word i cut=""
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    # bash takes "--flag=value" for three words
    if ((\${#words[@]} > 0)) && [[ $word == "=" || \${COMP_WORDS[i-1]} == "=" ]]; then
      words[\${#words[@]}-1]+="$word"
    else
      words+=("$word")
    fi
  done
  word="\${words[\${#words[@]}-1]}"
  [[ $word == --*=* ]] && cut="\${word%%=*}="
  local line last=""
  COMPREPLY=()
  while IFS= read -r line; do
    case "$line" in
      :*) last="$line" ;;
      *) line="\${line%%$'\\t'*}"; COMPREPLY+=("\${line#"$cut"}") ;;
    esac
  done < <("\${COMP_WORDS[0]}" __complete "\${words[@]}" 2>/dev/null)
  if [[ $last == ":files" ]]; then compopt -o default; fi
}
complete -F _${name}_complete ${program}
`;
}

function zsh(program: string): string {
  const name = program.replaceAll(/[^A-Za-z0-9_]/g, "_");
  return `#compdef ${program}
_${name}() {
  local line last="" value
  local -a candidates
  while IFS= read -r line; do
    case "$line" in
      :*) last="$line" ;;
      *)
        value="\${line%%$'\\t'*}"
        if [[ "$line" == *$'\\t'* ]]; then candidates+=("\${value//:/\\\\:}:\${line#*$'\\t'}"); else candidates+=("\${value//:/\\\\:}"); fi
        ;;
    esac
  done < <("\${words[1]}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if [[ $last == ":files" ]]; then _files; else _describe '${program}' candidates; fi
}
compdef _${name} ${program}
`;
}

function fish(program: string): string {
  const name = program.replaceAll(/[^A-Za-z0-9_]/g, "_");
  return `# fish completion for ${program}
function __${name}_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l lines ($words[1] __complete $words[2..-1] 2>/dev/null)
    if test "$lines[-1]" = ":files"
        __fish_complete_path (commandline -ct)
    else
        string match -v -- ':*' $lines
    end
end
complete -c ${program} -f -a '(__${name}_complete)'
`;
}

function powershell(program: string): string {
  return `# powershell completion for ${program}
Register-ArgumentCompleter -Native -CommandName '${program}' -ScriptBlock {
  param($word, $ast, $position)
  $words = @($ast.CommandElements | ForEach-Object { $_.ToString() } | Select-Object -Skip 1)
  if ($word -eq '') { $words += '""' }
  & '${program}' __complete @words 2>$null | Where-Object { -not $_.StartsWith(':') } | ForEach-Object {
    $value, $text = $_ -split "\`t", 2
    if (-not $text) { $text = $value }
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $text)
  }
}
`;
}
