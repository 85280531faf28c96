/** The names of classes that a person typed. */
const MOST = 40;

/** Tidies names and checks them.
 * @returns Without spaces around them.
 * @throws Error where there are fewer than two, one is there twice, or one can't be the name of a folder. */
export function checkClasses(names: readonly string[]): string[] {
  const classes = names.map((name) => String(name).trim().normalize("NFC"));
  const refuse = (what: string): Error => new Error(`Cannot tell these classes apart: ${what}.`);
  if (classes.length < 2 || classes.length > MOST)
    throw refuse(`they are 2 to ${MOST} names. Received: ${classes.length}`);
  const twice = classes.find((name, i) => classes.indexOf(name) !== i);
  if (twice !== undefined) throw refuse(`"${twice}" is there twice`);
  const odd = classes.find((name) => !/^[^.\\/:*?"<>|][^\\/:*?"<>|]{0,39}$/.test(name));
  if (odd !== undefined)
    throw refuse(`each names a folder, 1 to 40 letters, and none of \\ / : * ? " < > |. Received: "${odd}"`);
  return classes;
}
