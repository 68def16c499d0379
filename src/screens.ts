import { CaptureError } from './capture/batch.ts';
import { openCapture } from './capture/open.ts';
import { FileSession } from './file-session.ts';
import type { Language } from './text/text.ts';
import { runUi } from './ui/run.ts';

/** Opens a capture on the screen; gives the exit code. */
export async function runScreens(file: string, language: Language, noColor: boolean): Promise<number> {
  const source = await openCapture(file, { keep: true }).catch((error: unknown) => {
    if (!(error instanceof CaptureError)) throw error;
    process.stderr.write(`wirebook: ${language === 'ko' ? error.korean : error.message}\n`);
    return undefined;
  });
  if (source === undefined) return 2;
  const session = new FileSession(source);
  try {
    return await runUi(session, { language, noColor, step: () => session.step() });
  } finally {
    source.close();
  }
}
