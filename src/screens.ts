import { openCapture } from './capture/open.ts';
import { FileSession } from './file-session.ts';
import type { Language } from './text/text.ts';
import { runUi } from './ui/run.ts';

/** Opens a capture on the screen; gives the exit code. Throws a CaptureError where nothing can be read. */
export async function runScreens(file: string, language: Language, noColor: boolean): Promise<number> {
  const source = await openCapture(file, { keep: true });
  const session = new FileSession(source);
  try {
    return await runUi(session, { language, noColor, step: () => session.step() });
  } finally {
    source.close();
  }
}
