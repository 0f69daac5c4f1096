/**
 * The processor time that this process has taken, in milliseconds: what something takes is the same on a machine that
 * has other things to do, where a clock says how much that is.
 */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
