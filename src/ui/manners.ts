/** What must be known before anything of the screens is loaded. */

/** A screen can be shown: both ends are a terminal, and one that can place a cursor. */
export function canRunUi(
  stdout: { isTTY?: boolean },
  stdin: { isTTY?: boolean },
  environment: Record<string, string | undefined>,
): boolean {
  const terminal = environment.TERM ?? '';
  return stdout.isTTY === true && stdin.isTTY === true && terminal !== '' && terminal !== 'dumb';
}

/** The locale says that the terminal takes UTF-8. */
export const isUtf8 = (environment: Record<string, string | undefined>): boolean =>
  /utf-?8/i.test([environment.LC_ALL, environment.LC_CTYPE, environment.LANG].find((value) => value) ?? '');
