import type { Case } from './cases.ts';

/**
 * Annotations of GitHub Actions: one error for each tensor that failed, one warning for each that is
 * inconclusive ("Workflow commands for GitHub Actions", docs.github.com).
 */
export function formatGithub(cases: readonly Case[]): string {
  return cases
    .filter(({ verdict }) => verdict !== 'agree')
    .map(({ config, name, verdict, message }) => {
      const level = verdict === 'mismatch' ? 'error' : 'warning';
      return `::${level} file=${property(config)},title=${property(`fcnet: ${name}`)}::${data(message)}\n`;
    })
    .join('');
}

/** The message: what would end the line or the escape itself. */
const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

/** A property: what would end it, too. */
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
