import { statSync } from 'node:fs';
import type { ReadStream } from 'node:tty';
import { openCapture } from '../capture/open.ts';
import { compileEarly } from '../session/compiler.ts';
import { FileSession } from '../session/file-session.ts';
import type { LiveCapture } from '../live/capture.ts';
import { LiveSession } from './live-session.ts';
import { writeSlice } from './slice.ts';
import { SAY } from '../text/messages.ts';
import type { Language } from '../text/text.ts';
import type { ScreenSettings } from './screen-settings.ts';
import { Plain } from '../ui/plain.ts';
import { createInterface } from 'node:readline';
import { runUi, type UiOptions } from '../ui/run.ts';
import { VERSION } from '../version.ts';

const writerOf =
  (session: FileSession, withSecrets: boolean): UiOptions['write'] =>
  (path, packets, overwrite) => {
    const secrets = withSecrets ? session.facts.secretsOf(packets) : '';
    return writeSlice(path, packets, (n) => session.rawPacket(n), `wirebook ${VERSION}`, overwrite, secrets);
  };

const CHUNK = 256 << 10;
const OK = 0;
const BROKEN = 1;
const AGAIN = -1;
/** Milliseconds between looks at key logs, once a capture is read. */
const LOOK_AT_KEYS = 1000;

/**
 * Opens a capture on the screen, and others of the same traffic beside it; gives the exit code. Throws a CaptureError where
 * nothing can be read.
 */
export async function runScreens(
  files: string[],
  keyboard: ReadStream,
  settings: ScreenSettings,
  keyLogs?: readonly string[],
): Promise<number> {
  try {
    for (let nth = 0; ; nth++) {
      const code = await onScreens(files, keyboard, nth === 0 ? settings : { ...settings, notice: SAY.readAgain }, keyLogs);
      if (code !== AGAIN) return code;
    }
  } finally {
    if (keyboard !== process.stdin) keyboard.destroy();
  }
}

/** The same until it is left, or to be read anew: `AGAIN`. */
async function onScreens(
  files: string[],
  keyboard: ReadStream,
  settings: ScreenSettings,
  keyLogs: readonly string[] = [],
): Promise<number> {
  const stamps = keyLogs.map(stampOf);
  const { source, session } = await opened(files, keyLogs);
  // Screens are painted again and again.
  compileEarly();
  let again = false;
  const isSaved = source.size !== undefined && !files.includes('-');
  try {
    const code = await runUi(session, {
      ...settings,
      keyboard,
      step: () => session.step(),
      write: writerOf(session, settings.includeSecrets),
      ...(isSaved && {
        reopen: () => {
          again = true;
        },
        onChange: (changed) => {
          const timer = setInterval(() => {
            if (keyLogs.some((path, i) => stampOf(path) !== stamps[i]) && session.keysHaveCome()) changed();
          }, LOOK_AT_KEYS);
          return () => clearInterval(timer);
        },
      }),
    });
    if (again) return AGAIN;
    // As far as it was read: who leaves early does not wait for the end.
    return code === OK && source.problems.length > 0 ? BROKEN : code;
  } finally {
    session.close();
    source.close();
  }
}

/** Differs once the file was written to; the same for what is no file. */
function stampOf(path: string): string {
  try {
    const stats = statSync(path);
    return stats.isFile() ? `${stats.size} ${stats.mtimeMs}` : '';
  } catch {
    // Gone: what was read of it stays.
    return '';
  }
}

async function opened([file, ...beside]: string[], keyLogs?: readonly string[]) {
  // Small pieces, so that a key never waits for a whole one.
  const source = await openCapture(file, { keep: true, chunk: CHUNK, keyLogs });
  const session = new FileSession(source);
  session.beside(beside.map((each) => () => openCapture(each, { keep: true, keyLogs })));
  return { source, session };
}

/** Shows a live capture until the user leaves; gives the exit code. */
export async function runLiveScreens(capture: LiveCapture, settings: ScreenSettings): Promise<number> {
  const session = new LiveSession(capture);
  capture.screen?.(true);
  let code = OK;
  try {
    code = await runUi(session, {
      ...settings,
      step: () => session.step(),
      write: writerOf(session, settings.includeSecrets),
      pause: () => session.pause(),
      onChange: (changed) => {
        capture.onChange = () => {
          session.changed();
          changed();
        };
        return () => {
          capture.onChange = undefined;
        };
      },
    });
  } finally {
    capture.screen?.(false);
    // The screens are gone; a file that is being written must have its end.
    await capture.finish();
    session.close();
    capture.source.close();
  }
  const broken = capture.state.incomplete || capture.source.problems.some((each) => each.code !== 'no-kernel-timestamps');
  return code === OK && broken ? BROKEN : code;
}

/** The same actions as lines of text: commands on standard input, answers on standard output; gives the exit code. */
export async function runPlain(files: string[], language: Language, keyLogs?: readonly string[]): Promise<number> {
  const { source, session } = await opened(files, keyLogs);
  const put = (lines: string[]): void => {
    process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  };
  try {
    while (await session.step());
    const plain = new Plain(session, language);
    put(plain.welcome());
    const terminal = process.stdin.isTTY && process.stdout.isTTY;
    const lines = createInterface({ input: process.stdin, ...(terminal && { output: process.stdout, terminal: false }) });
    process.stdout.on('error', () => lines.close());
    if (terminal) lines.prompt();
    for await (const line of lines) {
      put(plain.answer(line));
      if (plain.done) break;
      if (terminal) lines.prompt();
    }
    lines.close();
    return source.problems.length > 0 ? BROKEN : OK;
  } finally {
    session.close();
    source.close();
  }
}
