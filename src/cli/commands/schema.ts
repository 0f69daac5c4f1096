import { Argument, type Command, InvalidArgumentError } from 'commander';
import { choiceMeant } from '../../config/choices.ts';
import type { Cli } from '../evaluation.ts';
import { print } from '../io.ts';

/** What has a schema, and what that is; each is loaded when it is asked for. */
const SCHEMAS = {
  config: {
    what: 'a network',
    load: () => import('../../config/config.schema.json', { with: { type: 'json' } }),
  },
  reference: {
    what: 'gradients computed elsewhere',
    load: () => import('../../reference/reference.schema.json', { with: { type: 'json' } }),
  },
  project: {
    what: 'fcnet.json, which fcnet check reads',
    load: () => import('../../report/project.schema.json', { with: { type: 'json' } }),
  },
  result: {
    what: 'what --json prints',
    load: () => import('../../report/result.schema.json', { with: { type: 'json' } }),
  },
} as const;

type SchemaName = keyof typeof SCHEMAS;
export const NAMES = Object.keys(SCHEMAS) as SchemaName[];

/** `fcnet schema [of]` */
export const addSchema = (program: Command, { io }: Cli): Command =>
  program
    .command('schema')
    .description(
      'the JSON Schema of a config, a reference, a project file or results, for editors and validators',
    )
    .addArgument(
      new Argument('[of]', NAMES.map((name) => `${name}: ${SCHEMAS[name].what}`).join('; '))
        .default('config')
        .argParser(schemaName),
    )
    .action(async (name: SchemaName) => {
      const { default: schema } = await SCHEMAS[name].load();
      await print(io.stdout, `${JSON.stringify(schema, null, 2)}\n`);
    });

function schemaName(text: string): SchemaName {
  const known = NAMES.find((name) => name === text);
  if (known !== undefined) return known;
  const meant = choiceMeant(text, NAMES);
  throw new InvalidArgumentError(
    `Expected one of ${NAMES.join(', ')}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
  );
}
