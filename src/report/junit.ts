import type { Case } from './cases.ts';
import { printable } from './printable.ts';

/** The cases of one input, or why it could not be run. */
export interface Suite {
  readonly config: string;
  readonly cases: readonly Case[];
  readonly error?: string;
}

/** A JUnit report: one suite for each config, one test case for each tensor and what it was compared with. */
export const formatJunit = (command: string, suites: readonly Suite[]): string =>
  junitOfSuites(suites.map((suite) => junitSuite(command, suite)));

/** A report of suites, written as {@link junitSuite} does. */
export const junitOfSuites = (suites: readonly string[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('')}</testsuites>\n`;

export function junitSuite(command: string, { config, cases, error }: Suite): string {
  const count = (wanted: Case['verdict']): number => cases.filter(({ verdict }) => verdict === wanted).length;
  const errors = error === undefined ? 0 : 1;
  const attributes = `tests="${cases.length + errors}" failures="${count('mismatch')}" errors="${errors}" skipped="${count('inconclusive')}"`;
  const failed = error === undefined ? '' : notRun(config, error);
  return `  <testsuite name="${escapeXml(`fcnet ${command} ${config}`)}" ${attributes}>\n${cases.map(testcase).join('')}${failed}  </testsuite>\n`;
}

const notRun = (config: string, error: string): string =>
  `    <testcase name="runs" classname="${escapeXml(config)}">\n      <error message="${escapeXml(error)}"/>\n    </testcase>\n`;

function testcase({ config, name, verdict, message }: Case): string {
  const open = `    <testcase name="${escapeXml(name)}" classname="${escapeXml(config)}"`;
  if (verdict === 'agree') return `${open}/>\n`;
  const element = verdict === 'mismatch' ? 'failure' : 'skipped';
  return `${open}>\n      <${element} message="${escapeXml(message)}"/>\n    </testcase>\n`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text in an attribute; control characters are not allowed in XML at all. */
const escapeXml = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no place for them
  printable(text.replace(/[\u0000-\u001f\ufffe\uffff]/g, ' ')).replace(
    /[&<>"']/g,
    (char) => ENTITIES[char] as string,
  );
