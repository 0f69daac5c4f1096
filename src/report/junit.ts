import type { Case } from './cases.ts';

/** A JUnit report: one suite for each config, one test case for each tensor and what it was compared with. */
export function formatJunit(command: string, configs: readonly string[], cases: readonly Case[]): string {
  const suites = configs.map((config) =>
    suite(
      command,
      config,
      cases.filter((one) => one.config === config),
    ),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('')}</testsuites>\n`;
}

function suite(command: string, config: string, cases: readonly Case[]): string {
  const count = (wanted: Case['verdict']): number => cases.filter(({ verdict }) => verdict === wanted).length;
  const attributes = `tests="${cases.length}" failures="${count('mismatch')}" errors="0" skipped="${count('inconclusive')}"`;
  return `  <testsuite name="${escapeXml(`fcnet ${command} ${config}`)}" ${attributes}>\n${cases.map(testcase).join('')}  </testsuite>\n`;
}

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
  text.replace(/[\u0000-\u001f\ufffe\uffff]/g, ' ').replace(/[&<>"']/g, (char) => ENTITIES[char] as string);
