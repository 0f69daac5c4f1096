import { type Command, InvalidArgumentError } from 'commander';
import { choiceMeant } from '../../config/choices.ts';
import { explain } from '../../index.ts';
import { type FindingId, findingIds } from '../../mistakes/explain.ts';
import { drawExplanation, drawExplanations } from '../../report/explanation.ts';
import { type Json, writeJson } from '../../report/json.ts';
import { makeStyle } from '../../report/style.ts';
import type { Cli } from '../evaluation.ts';
import { print, wantsColor, widthOf } from '../io.ts';

/** `fcnet explain [id]` */
export const addExplain = (program: Command, { io }: Cli): Command =>
  program
    .command('explain')
    .description(
      'a mistake of backprop: its equations, right and wrong, as code, and what to do; without one the list',
    )
    .argument('[id]', 'a mistake, as audit and compare name it', findingId)
    .option('--json', 'as JSON', false)
    .action(async (id: FindingId | undefined, { json }: { readonly json: boolean }) => {
      if (json) {
        const found = id === undefined ? { mistakes: findingIds.map((one) => explain(one)) } : explain(id);
        return print(io.stdout, writeJson({ version: 1, command: 'explain', ...found } as unknown as Json));
      }
      const options = {
        style: makeStyle(wantsColor(io.stdout, io.env)),
        width: widthOf(io.stdout, io.env),
      };
      await print(
        io.stdout,
        id === undefined ? drawExplanations(options) : drawExplanation(explain(id), options),
      );
    });

function findingId(text: string): FindingId {
  const known = findingIds.find((id) => id === text);
  if (known !== undefined) return known;
  const meant = choiceMeant(text, findingIds);
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
  throw new InvalidArgumentError(`Expected the name of a mistake, as fcnet explain lists them.${hint}`);
}
