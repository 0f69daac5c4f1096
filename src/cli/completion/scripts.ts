import type { CommandWords, OptionWords, Shell } from './words.ts';

/** A script that makes a shell complete fcnet's commands, options and their words; elsewhere files. */
export const completionScript = (shell: Shell, commands: readonly CommandWords[]): string =>
  SCRIPTS[shell](commands);

const SCRIPTS: Readonly<Record<Shell, (commands: readonly CommandWords[]) => string>> = { bash, zsh, fish };

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function bash(commands: readonly CommandWords[]): string {
  const wordsOf = (command: CommandWords, { flags, takes }: OptionWords): string[] => {
    const pattern = flags.map((flag) => `${command.name}\\ ${flag}`).join(' | ');
    if (takes === 'nothing') return [];
    if (takes === 'a file')
      return [`    ${pattern}) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;`];
    return [
      `    ${pattern}) _fcnet_words ${takes === 'anything' ? "''" : quoted(takes.join(' '))}; return ;;`,
    ];
  };
  const options = (command: CommandWords): string =>
    `      ${command.name}) _fcnet_words ${quoted(command.options.flatMap(({ flags }) => flags).join(' '))} ;;`;
  const words = commands.filter((command) => command.arguments.length > 0);
  return `# fcnet completion for bash: source <(fcnet completion bash)
_fcnet_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur"); }

_fcnet() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} command=\${COMP_WORDS[1]}
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    _fcnet_words ${quoted([...commands.map(({ name }) => name), '--help', '--version'].join(' '))}
    return
  fi
  case "$command $prev" in
${commands.flatMap((command) => command.options.flatMap((option) => wordsOf(command, option))).join('\n')}
  esac
  if [[ $cur == -* ]]; then
    case $command in
${commands.map(options).join('\n')}
    esac
    return
  fi
  case $command in
${words.map(({ name, arguments: all }) => `    ${name}) _fcnet_words ${quoted(all.join(' '))} ;;`).join('\n')}
    *) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
  esac
}
complete -o filenames -o bashdefault -F _fcnet fcnet
`;
}

function zsh(commands: readonly CommandWords[]): string {
  const plain = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&');
  const specs = ({ flags, description, takes }: OptionWords): string[] => {
    const value =
      takes === 'nothing'
        ? ''
        : takes === 'a file'
          ? ':file:_files'
          : takes === 'anything'
            ? ':value: '
            : `:value:(${takes.join(' ')})`;
    return flags.map((flag) => quoted(`*${flag}[${plain(description)}]${value}`));
  };
  const branch = (command: CommandWords): string => {
    const rest = command.arguments.length > 0 ? `*:word:(${command.arguments.join(' ')})` : '*:file:_files';
    const all = [...command.options.flatMap(specs), quoted(rest)];
    return `    ${command.name})\n      _arguments \\\n        ${all.join(' \\\n        ')}\n      ;;`;
  };
  return `#compdef fcnet
# fcnet completion for zsh: source <(fcnet completion zsh)
_fcnet() {
  local -a commands=(
${commands.map(({ name, description }) => `    ${quoted(`${name}:${plain(description)}`)}`).join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
${commands.map(branch).join('\n')}
  esac
}
compdef _fcnet fcnet
`;
}

function fish(commands: readonly CommandWords[]): string {
  const option = (name: string, { flags, description, takes }: OptionWords): string => {
    const names = flags.map((flag) =>
      flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
    );
    const value =
      takes === 'nothing'
        ? ''
        : takes === 'a file'
          ? ' -rF'
          : takes === 'anything'
            ? ' -x'
            : ` -xa ${quoted(takes.join(' '))}`;
    return `complete -c fcnet -n '__fish_seen_subcommand_from ${name}' ${names.join(' ')}${value} -d ${quoted(description)}`;
  };
  const lines = commands.flatMap((command) => [
    `complete -c fcnet -n __fish_use_subcommand -f -a ${command.name} -d ${quoted(command.description)}`,
    ...command.options.map((one) => option(command.name, one)),
    ...(command.arguments.length > 0
      ? [
          `complete -c fcnet -n '__fish_seen_subcommand_from ${command.name}' -f -a ${quoted(command.arguments.join(' '))}`,
        ]
      : []),
  ]);
  return `# fcnet completion for fish: fcnet completion fish | source\n${lines.join('\n')}\n`;
}
