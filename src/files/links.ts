import { readlink, realpath } from 'node:fs/promises';
import path from 'node:path';

/** What stands there belongs to the process that asks: what it was started with, its standard streams. */
const OF_PROCESS = /^\/(?:proc|sys)\/|^\/dev\/(?:fd\/|std(?:in|out|err)$)/;
/** As Linux allows. */
const MAX_LINKS = 40;

/** Whether a path leads, by whatever links, through the files that the system makes for each process. */
export async function isOfProcess(file: string): Promise<boolean> {
  let at = path.resolve(file);
  for (let links = 0; links < MAX_LINKS; links++) {
    at = path.join(await realpath(path.dirname(at)), path.basename(at));
    if (OF_PROCESS.test(at)) return true;
    const target = await readlink(at).catch(() => undefined);
    if (target === undefined) return false;
    at = path.resolve(path.dirname(at), target);
  }
  return true;
}
