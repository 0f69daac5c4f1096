import type { Case } from './cases.ts';
import type { Ran } from './run.ts';

/** What always holds of a run, whatever its input; what does not, in a few words. */
export function broken(given: Case, ran: Ran): string[] {
  return [
    ...ofCodes(ran),
    ...ofTexts(ran),
    ...ofErrors(given, ran),
    ...ofFiles(given, ran),
    ...ofKeys(given, ran),
    ...(ran.milliseconds > mostTime(given) ? ['it took very long'] : []),
  ];
}

const ofCodes = ({ code, stderr }: Ran): string[] => [
  ...([0, 1, 2].includes(code) ? [] : [`its exit code is ${code}`]),
  ...(code === 2 && stderr === '' ? ['it failed and says nothing'] : []),
  ...(code !== 2 && /^error: /m.test(stderr) ? ['it says that there is an error, and did not fail'] : []),
];

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control sequences
const COLOURS = /\u001b\[[\d;]*m/g;
/** What a terminal or a log obeys, does not show, or shows in another place. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

function ofTexts({ stdout, stderr }: Ran): string[] {
  return Object.entries({ stdout, stderr }).flatMap(([name, text]) => {
    const shown = text.replace(COLOURS, '').replaceAll('\n', '');
    const unprintable = UNPRINTABLE.exec(shown)?.[0];
    return [
      ...(unprintable === undefined
        ? []
        : [`unprintable U+${unprintable.codePointAt(0)!.toString(16)} in ${name}`]),
      ...(/^\s+at .*:\d+:\d+\)?$/m.test(text) ? [`a stack trace in ${name}`] : []),
      ...(/^\s*(?:::(?!(?:error|notice|warning) )|##\[)/m.test(text)
        ? [`a command to the log in ${name}`]
        : []),
      ...(/\bunexpected [A-Z]\w*: /.test(text) ? [`unexpected: ${/unexpected .*/.exec(text)?.[0]}`] : []),
      ...(/\bundefined\b|\[object /.test(text.replaceAll('found undefined', '').replaceAll('| undefined', ''))
        ? [`undefined in ${name}`]
        : []),
    ];
  });
}

/** Where some of several inputs fail, the others are printed all the same, in some formats with what failed. */
const isOfSeveral = (args: readonly string[], text: string): boolean =>
  LISTS_FAILURES.test(args.join(' ')) || /^\d+ of \d+ (?:agrees?|shows?)\b|"results": \[/m.test(text);

const MOST_ERRORS = 10;
/** Formats that are told of what could not be run, too. */
const LISTS_FAILURES = /--format[= ](?:github|junit|markdown|html)/;
const LONGEST = 1500;

/** Whether --json is an option there, and not the value of one, and nothing is said against it. */
const asksForJson = (args: readonly string[]): boolean =>
  args.some((word, i) => word === '--json' && !args[i - 1]?.startsWith('-')) &&
  !args.some((word) => word.startsWith('--format'));

function ofErrors({ args }: Case, { code, stdout, stderr }: Ran): string[] {
  const isJson = asksForJson(args);
  const lines = stderr.split('\n');
  return [
    ...(code === 2 && stdout !== '' && !isOfSeveral(args, stdout) ? ['it failed and has printed'] : []),
    ...(lines.some((line) => line.length > LONGEST) && !isJson ? ['a very long line of errors'] : []),
    ...(lines.filter((line) => line.startsWith('error: ')).length > MOST_ERRORS
      ? ['more than ten errors']
      : []),
    ...(isJson && code === 2 ? ofJsonErrors(stderr) : []),
    ...(isJson && code < 2 && stdout !== '' && !args.includes('-q') && !isParsed(stdout)
      ? ['no JSON was printed']
      : []),
  ];
}

function ofJsonErrors(stderr: string): string[] {
  const start = stderr.indexOf('{'); // behind notes
  if (!isParsed(stderr.slice(Math.max(0, start)))) return ['errors that are no JSON'];
  const { errors } = JSON.parse(stderr.slice(start)) as { errors: { message: string }[] };
  return [
    ...(errors.length > MOST_ERRORS ? ['more than ten errors'] : []),
    ...(errors.some(({ message }) => message.length > LONGEST) ? ['a very long message'] : []),
  ];
}

function isParsed(text: string): boolean {
  if (/^Usage: /.test(text)) return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function ofFiles({ args }: Case, { code, written }: Ran): string[] {
  const names = Object.keys(written);
  return [
    ...names
      .filter((name) => code === 2 && !isOfSeveral(args, Buffer.from(written[name]!).toString()))
      .map((name) => `it failed and has written ${name}`),
    ...names
      .filter((name) => !args.some((word) => word.endsWith(name)))
      .map((name) => `it has written ${name}, which nobody asked for`),
    ...names.filter((name) => written[name]!.length === 0).map((name) => `an empty file: ${name}`),
  ];
}

/** A key that stands twice is noticed wherever a file is read, and nothing of it passes. */
function ofKeys({ args, twice }: Case, { code }: Ran): string[] {
  const isRead = args.some((word) => twice.includes(word) && args[args.indexOf(word) - 1] !== '-o');
  return code === 0 &&
    isRead &&
    !args.some((word) => /^-[hVu]|^--(?:help|version|update|output|$)/.test(word)) &&
    args[0] !== 'init'
    ? ['a key that stands twice has passed']
    : [];
}

/** Generous, since others use the machine as well: what is quadratic goes far beyond. */
const mostTime = ({ files }: Case): number =>
  15_000 + 0.01 * Object.values(files).reduce((sum, { length }) => sum + length, 0);
